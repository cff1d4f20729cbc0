/**
 * Views are asked for again and again while a request runs its expressions: the last one made is kept. A view only looks at what it was
 * made of, so that a kept one is as good as a new one; what it keeps alive is one finished request until the next comes.
 */

/** `make`, which is not called again for what it was called with last. */
export function keepingLast<K extends object, V>(make: (of: K) => V): (of: K) => V {
  let last: K | undefined;
  let view: V;
  return (of) => {
    if (of !== last) {
      view = make(of);
      last = of;
    }
    return view;
  };
}

/** The same for something and a part of it. */
export function keepingLastPart<K extends object, P, V>(make: (of: K, part: P) => V): (of: K, part: P) => V {
  let last: K | undefined;
  let lastPart: P | undefined;
  let view: V;
  return (of, part) => {
    if (of !== last || part !== lastPart) {
      view = make(of, part);
      last = of;
      lastPart = part;
    }
    return view;
  };
}

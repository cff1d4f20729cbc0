/**
 * Views are asked for again and again while a request runs its expressions: the last one made is kept. A view only looks at what it was
 * made of, so that a kept one is as good as a new one; what it keeps alive is one finished request until the next comes.
 */

/** `make`, which is not called again for what it was called with last: something, and a part of it where that is of interest. */
export function keepingLast<K extends object, V, P = undefined>(make: (of: K, part: P) => V): (of: K, part: P) => V {
  let last: K | undefined;
  let lastPart: P | undefined;
  let view: V | undefined;
  return (of, part) => {
    if (of !== last || part !== lastPart) {
      view = make(of, part);
      last = of;
      lastPart = part;
    }
    return view as V;
  };
}

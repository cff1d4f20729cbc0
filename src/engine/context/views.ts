/**
 * Views are asked for again and again while a request runs its expressions: the last one made is kept. A view only looks at what it was
 * made of, so that a kept one is as good as a new one; what it keeps alive is one finished request until the next comes.
 */

/** `make`, which is not called again for the value that it was called with last. */
export function keepingLast<K extends object, V>(make: (of: K) => V): (of: K) => V {
  let last: K | undefined;
  let view: V | undefined;
  return (of) => {
    if (of !== last) {
      view = make(of);
      last = of;
    }
    return view as V;
  };
}

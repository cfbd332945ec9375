/**
 * Where an item of a list fails that cannot be null, graphql-js leaves the promises of those before it behind: if they
 * fail as well, nobody handles that, and it ends the process. Here, each promise made by `then` counts as handled.
 */
export async function withoutLooseEnds<T>(run: () => Promise<T>): Promise<T> {
  const { prototype } = Promise;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with each promise as `this`
  const { then } = prototype;
  prototype.then = function (this: Promise<unknown>, ...reactions: Parameters<typeof then>) {
    const made = Reflect.apply(then, this, reactions);
    void Reflect.apply(then, made, [undefined, () => undefined]);
    return made;
  } as typeof then;
  try {
    return await run();
  } finally {
    prototype.then = then;
  }
}

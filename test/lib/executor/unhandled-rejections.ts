/**
 * If a non-nullable list item fails, graphql-js abandons the promises of earlier items. When these reject, too, the
 * rejection is unhandled and would end the process. This handles every promise that `then` returns meanwhile.
 */
export async function withoutUnhandledRejections<T>(run: () => Promise<T>): Promise<T> {
  const { prototype } = Promise;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with each promise as `this`
  const { then } = prototype;
  prototype.then = function (this: Promise<unknown>, ...reactions: Parameters<typeof then>) {
    const promise = Reflect.apply(then, this, reactions);
    void Reflect.apply(then, promise, [undefined, () => undefined]);
    return promise;
  } as typeof then;
  try {
    return await run();
  } finally {
    prototype.then = then;
  }
}

import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '../../context.js';

export type Plugin = ApolloServerPlugin<RequestContext>;

/** A plugin with another implementation of one of its hooks. */
export function withHook<Name extends keyof Plugin>(
  plugin: Plugin,
  name: Name,
  hook: NonNullable<Plugin[Name]>,
): Plugin {
  // Methods of a class can have private fields, so they are called on the plugin itself.
  return new Proxy(plugin, {
    get(target, property) {
      if (property === name) return hook;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

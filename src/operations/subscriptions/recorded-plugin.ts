import { withHook, type Plugin } from '../apollo/plugin.js';
import { roleOf, type Listener } from './role.js';

type RequestDidStart = NonNullable<Plugin['requestDidStart']>;

/**
 * A plugin whose listeners live as long as a subscription: `requestDidStart` and the hooks up to `didResolveOperation` are called
 * once when a client subscribes, and the later hooks of the same listener for each event.
 */
export function recordedPlugin(plugin: Plugin): Plugin {
  if (plugin.requestDidStart === undefined) return plugin;
  const requestDidStart: RequestDidStart = (context) => {
    const role = roleOf(context.request);
    if (role?.kind === 'event') return Promise.resolve(eventHooks(role.listeners.get(plugin)));
    const started = plugin.requestDidStart?.(context) ?? Promise.resolve();
    if (role === undefined) return started;
    return started.then((listener) => {
      if (listener) role.started(plugin, listener);
      return listener;
    });
  };
  return withHook(plugin, 'requestDidStart', requestDidStart);
}

/** Whether a listener has hooks for events. */
export function hasEventHooks(listener: Listener): boolean {
  return EVENT_HOOKS.some((hook) => listener[hook] !== undefined);
}

const EVENT_HOOKS = ['executionDidStart', 'willSendResponse', 'didEncounterErrors'] as const;

/** The hooks of a listener that are called for each event. */
function eventHooks(listener: Listener | undefined): Listener {
  if (listener === undefined) return {};
  const methods = EVENT_HOOKS.flatMap((name): [string, unknown][] => {
    const method: unknown = Reflect.get(listener, name);
    return typeof method === 'function' ? [[name, method.bind(listener)]] : [];
  });
  return Object.fromEntries(methods);
}

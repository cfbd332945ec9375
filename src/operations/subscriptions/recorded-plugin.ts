import { roleOf, type Listener, type Plugin, type Subscribing } from './role.js';

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
    return role === undefined ? started : started.then((listener) => recorded(plugin, listener, role));
  };
  // Methods of a class can have private fields, so they are called on the plugin itself.
  return new Proxy(plugin, {
    get(target, name) {
      if (name === 'requestDidStart') return requestDidStart;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function recorded(plugin: Plugin, listener: Listener | void, role: Subscribing): Listener | void {
  if (listener !== undefined) role.started(plugin, listener);
  return listener;
}

/** Whether a listener wants to know of each event. */
export function hasEventHooks({
  executionDidStart,
  willSendResponse,
  didEncounterErrors,
}: Listener): boolean {
  return [executionDidStart, willSendResponse, didEncounterErrors].some((hook) => hook !== undefined);
}

function eventHooks(listener: Listener | undefined): Listener {
  if (listener === undefined) return {};
  return {
    ...(listener.executionDidStart && {
      executionDidStart: (context) => listener.executionDidStart?.(context),
    }),
    ...(listener.willSendResponse && { willSendResponse: (context) => listener.willSendResponse?.(context) }),
    ...(listener.didEncounterErrors && {
      didEncounterErrors: (context) => listener.didEncounterErrors?.(context),
    }),
  } as Listener;
}

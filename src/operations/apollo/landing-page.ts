import { withHook, type Plugin } from './plugin.js';

/** Which page browsers get. As in Apollo Server, a plugin's page replaces the default one. */
export class LandingPage {
  #source: 'default' | 'plugin' | undefined;

  /** Undefined if there is no page. Known once Apollo Server has started. */
  get source(): 'default' | 'plugin' | undefined {
    return this.#source;
  }

  /** A plugin that may have a page. Apollo Server itself does not tell. */
  watched(plugin: Plugin): Plugin {
    if (plugin.serverWillStart === undefined) return plugin;
    return withHook(plugin, 'serverWillStart', async (service) => {
      const listener = await plugin.serverWillStart?.(service);
      if (listener?.renderLandingPage !== undefined) this.#source = 'plugin';
      return listener;
    });
  }

  /** The plugin whose page is the default one. */
  default(plugin: Plugin): Plugin {
    this.#source ??= 'default';
    // Apollo Server marks its own default page so; otherwise it would not start with two pages.
    return Object.assign(plugin, { __internal_installed_implicitly__: true });
  }
}

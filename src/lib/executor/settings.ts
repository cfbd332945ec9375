export interface ExecutorSettings {
  /**
   * The number of objects that a selection set is executed for before code is generated for it. Default: 100, because
   * generating the code takes as long as executing some hundred objects. `Infinity` disables code generation; so does Node's
   * `--disallow-code-generation-from-strings`.
   */
  readonly compileAfter: number;
  /** Omits suggestions of names in the schema ("Did you mean ...?") from errors. Default: false. */
  readonly hideSuggestions: boolean;
}

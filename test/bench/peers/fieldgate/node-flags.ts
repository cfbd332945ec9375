/**
 * The flags that a start script gives to Node.
 *
 * @param script as in package.json, e.g. `npm run build && node --enable-source-maps dist/main.js`
 * @throws Error where the script does not start `program`
 */
export function nodeFlags(script: string, program: string): readonly string[] {
  const command = script.split('&&').at(-1)?.trim().split(/\s+/) ?? [];
  const end = command.indexOf(program);
  if (command[0] === 'node' && end > 0) return command.slice(1, end);
  throw new Error(`The script \`${script}\` does not end with \`node ... ${program}\`.`);
}

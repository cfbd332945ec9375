import { DockerfileParser } from 'dockerfile-ast';

/**
 * How an image starts, as the Dockerfile has it, with what its stage takes from others.
 *
 * @param {string} dockerfile its text
 * @param {string} target the stage
 * @returns {{ env: Record<string, string>, entrypoint: string[], health: string[] }}
 */
export function imageOf(dockerfile, target) {
  const stages = new Map();
  let stage;
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const text = instruction.getArgumentsContent() ?? '';
    switch (instruction.getKeyword()) {
      case 'FROM': {
        const [, image, name] = /^(\S+) AS (\S+)$/.exec(text);
        stage = { ...stages.get(image) };
        stages.set(name, stage);
        break;
      }
      case 'ENV':
        stage.env = {
          ...stage.env,
          ...Object.fromEntries(instruction.getProperties().map((each) => [each.getName(), each.getValue()])),
        };
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(text);
        break;
      case 'HEALTHCHECK':
        stage.health = JSON.parse(text.slice(text.indexOf('CMD [') + 'CMD '.length));
    }
  }
  const found = stages.get(target);
  if (found === undefined) throw new Error(`The Dockerfile has no stage ${target}.`);
  return found;
}

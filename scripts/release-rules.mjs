/** The rules of a release, without files and programs. */

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const UNRELEASED = '## Unreleased\n';

/** @param {string} version `<major>.<minor>.<patch>` */
function numbersOf(version) {
  return VERSION.exec(version)?.slice(1).map(Number);
}

/** @returns {string | undefined} why `next` cannot follow `current` */
export function versionProblem(current, next) {
  const [before, after] = [numbersOf(current), numbersOf(next)];
  if (after === undefined) return `"${next}" is no version like 1.2.3.`;
  const first = after.findIndex((number, index) => number !== before[index]);
  return first !== -1 && after[first] > before[first] ? undefined : `${next} is not later than ${current}.`;
}

/** Semantic Versioning, 4 and 8: breaking changes need a new major version, or before 1.0.0 a new minor one. */
export function mayBreak(current, next) {
  const [before, after] = [numbersOf(current), numbersOf(next)];
  return after[0] > before[0] || (after[0] === 0 && after[1] > before[1]);
}

/** @returns {string | undefined} the changelog whose unreleased changes are those of `version`; undefined if there are none */
export function withRelease(changelog, version, date) {
  const start = changelog.indexOf(UNRELEASED);
  if (start === -1) return undefined;
  const [changes = ''] = changelog.slice(start + UNRELEASED.length).split(/^## /m);
  if (changes.trim() === '') return undefined;
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## ${version} - ${date}\n`);
}

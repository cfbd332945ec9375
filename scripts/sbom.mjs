/**
 * Prints the bill of materials of the production packages as CycloneDX JSON.
 *
 *     npm run --silent sbom > sbom.json
 *
 * `npm sbom --omit=dev` leaves out each package that a development dependency needs too (graphql, say), so that it is given a copy of
 * the lockfile that knows no development dependencies.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const manifest = readJson('package.json');
const lock = readJson('package-lock.json');

delete manifest.devDependencies;
delete lock.packages[''].devDependencies;
lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([, { dev }]) => dev !== true));

const scratch = mkdtempSync(join(tmpdir(), 'sbom-'));
try {
  // npm names the program after its folder.
  const folder = join(scratch, manifest.name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const options = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
  execFileSync('npm', ['sbom', ...options], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(scratch, { recursive: true });
}

function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

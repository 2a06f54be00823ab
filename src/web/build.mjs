// Makes the bundle and its manifest: node build.mjs [FOLDER]   (FOLDER: dist, which is committed, so that building Vigil needs no Node)
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const out = process.argv[2] ?? join(here, 'dist');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.tsx' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
});

// What the bundle was made of: a test compares these with the files, and makes the bundle again.
const sources = ['package.json', 'package-lock.json', 'tsconfig.json', 'build.mjs', ...readdirSync(join(here, 'src'), { recursive: true, withFileTypes: true })
  .filter((f) => f.isFile())
  .map((f) => join(f.parentPath, f.name).slice(here.length + 1))].sort();
const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const manifest = {
  sources: Object.fromEntries(sources.map((name) => [name, hash(join(here, name))])),
  bundle: Object.fromEntries(readdirSync(out).sort().map((name) => [name, hash(join(out, name))])),
};
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);

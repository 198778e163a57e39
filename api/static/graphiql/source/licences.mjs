// Writes the licence of every package that went into the bundle beside it.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const bundled = Object.keys(JSON.parse(readFileSync('meta.json', 'utf8')).inputs);
const folders = bundled.map((file) => file.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean);

const texts = [...new Set(folders)].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(`${folder}/${file}`, 'utf8').replaceAll('\r\n', '\n').trim() : `Licence: ${license}. The package carries no text of it.`;
  return `${name} ${version}\n\n${text}\n`;
});
const fonts = existsSync('fonts.txt') ? [readFileSync('fonts.txt', 'utf8')] : [];
writeFileSync('../LICENSES.txt', [...texts, ...fonts].join(`\n${'-'.repeat(80)}\n\n`));

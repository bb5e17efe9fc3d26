// Cut Tabler's style sheet down to the rules that pages can use: `make styles`.
//
// Every word of a template, a script or a Python file counts as a class somebody may mean: a rule
// too many costs some bytes, one too few a page. Classes of Tabler's that are in no word go to
// left-out.txt; tests/architecture/test_styles.py fails where a page names one of them.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const root = process.env.ISPBILL_ROOT;
const apps = "{ispbill,customers,network,billing,payments,tickets,fieldservice,contracts,resellers,churn}";
const source = fileURLToPath(import.meta.resolve("@tabler/core/dist/css/tabler.min.css"));
const whole = (await readFile(source, "utf8")).replace(/\/\*# sourceMappingURL=.*?\*\/\s*$/, "");

const [cut] = await new PurgeCSS().purge({
  css: [{ raw: whole }],
  content: [`${root}/templates/**/*.html`, `${root}/static/js/*.js`, `${root}/${apps}/**/*.py`],
  keyframes: true,
});
const classes = (css) => new Set([...css.matchAll(/\.(-?[a-zA-Z_](?:[\w-]|\\.)*)/g)].map((found) => found[1].replaceAll("\\", "")));
const kept = classes(cut.css);
const leftOut = [...classes(whole)].filter((name) => !kept.has(name)).sort();

await writeFile(`${root}/static/vendor/tabler/tabler.css`, `${cut.css.trim()}\n`);
await writeFile(`${root}/ispbill/devtools/styles/left-out.txt`, `${leftOut.join("\n")}\n`);
console.log(`${kept.size} classes kept, ${leftOut.length} left out: ${cut.css.length} of ${whole.length} bytes`);

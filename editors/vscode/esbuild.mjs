// Bundles the extension and the page of the answer panel into dist/, or into the folder that SPELUNK_DIST names.
import { context } from "esbuild";

const watch = process.argv.includes("--watch");
const production = process.argv.includes("--production");
const out = process.env.SPELUNK_DIST ?? "dist";

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : "linked",
  logLevel: "warning",
  // The packaging says which binary lies beside the bundle; without it, none is believed.
  define: {
    SERVER_SHA256: JSON.stringify(process.env.SPELUNK_SERVER_SHA256 ?? ""),
  },
};

const builds = [
  {
    ...shared,
    entryPoints: ["src/extension.ts"],
    outfile: `${out}/extension.js`,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
  },
  {
    ...shared,
    entryPoints: ["src/ask/page/page.ts"],
    outfile: `${out}/page.js`,
    platform: "browser",
    target: "es2023",
    format: "iife",
  },
];

for (const build of builds) {
  const bundler = await context(build);
  if (watch) await bundler.watch();
  else {
    await bundler.rebuild();
    await bundler.dispose();
  }
}

// Writes the settings of package.json from the one schema that the server's own settings give; `--check` only compares.
import { readFileSync, writeFileSync } from "node:fs";

const manifestPath = new URL("../package.json", import.meta.url);
const schema = JSON.parse(readFileSync(new URL("../../settings.schema.json", import.meta.url), "utf8"));
const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));

/** Settings of the extension itself, which the server does not know. */
const own = {
  "spelunk.server.path": {
    type: "string",
    default: "",
    scope: "machine",
    markdownDescription: "The `spelunk` program to run instead of the one that came with the extension",
  },
  "spelunk.trace.server": {
    type: "string",
    enum: ["messages", "compact", "verbose"],
    default: "messages",
    scope: "window",
    markdownDescription:
      "How much of the messages between editor and server is logged while the log level of the Spelunk output is Trace",
  },
};

// VS Code takes `markdownDescription` alone; a description beside it would be shown twice in the JSON editor.
const served = Object.fromEntries(
  Object.entries(schema.properties).map(([key, value]) => {
    const property = { ...value };
    if (property.markdownDescription) delete property.description;
    return [key, property];
  }),
);
manifest.contributes.configuration = [
  { title: "Spelunk", properties: served },
  { title: "Extension", properties: own },
];
const restricted = [...Object.entries(served), ...Object.entries(own)].filter(
  ([, value]) => value.scope === "machine",
);
manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted.map(([key]) => key).sort();

const text = `${JSON.stringify(manifest, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (text !== readFileSync(manifestPath, "utf8")) {
    console.error("package.json is not what settings.schema.json makes of it: npm run settings");
    process.exit(1);
  }
} else {
  writeFileSync(manifestPath, text);
}

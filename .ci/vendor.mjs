// Copies the packages named in package.json to webapp/static/vendor, each with its licence.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const target = "webapp/static/vendor";
for (const folder of ["bootstrap", "htmx"]) mkdirSync(`${target}/${folder}`, { recursive: true });

// img-src 'self' refuses data: images; webapp/static/controls has the replacements.
const bootstrap = readFileSync("node_modules/bootstrap/dist/css/bootstrap.min.css", "utf8")
  .replaceAll(/url\("data:[^"]*"\)/g, "none")
  .replace(/\n\/\*# sourceMappingURL=.*\*\/\s*$/, "\n");
if (bootstrap.includes("data:")) throw new Error("a data: URL is left in bootstrap.min.css");
writeFileSync(`${target}/bootstrap/bootstrap.min.css`, bootstrap);
copyFileSync("node_modules/bootstrap/LICENSE", `${target}/bootstrap/LICENSE`);

copyFileSync("node_modules/htmx.org/dist/htmx.min.js", `${target}/htmx/htmx.min.js`);
copyFileSync("node_modules/htmx.org/LICENSE", `${target}/htmx/LICENSE`);

#!/usr/bin/env node
/** The `sallyport` command. Checks the Node version before anything newer is loaded, then hands over. */
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 24 || (major === 24 && minor < 11)) {
  console.error(
    `sallyport needs Node 24.11 or newer; this is ${process.versions.node}. See https://nodejs.org/en/download`,
  );
  process.exitCode = 2;
} else {
  (await import("./compiled-code.ts")).keepCompiledCode();
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
}

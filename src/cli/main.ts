/** The list of commands, and the one place that turns what happens into an exit code. */
import { runCommand } from "./args.ts";
import { type CommandEntry, MISTAKES } from "./command.ts";
import { help } from "./commands/help.ts";
import { startSafely } from "./runtime-safety.ts";
import { printable, processTerminal } from "./terminal.ts";

export const commandEntries: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "Serve a configuration",
    load: async () => {
      startSafely();
      return (await import("./commands/run.ts")).run;
    },
  },
  {
    name: "check",
    summary: "Find every mistake in a configuration or in policy documents",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "test",
    summary: "Send requests through the policies, and compare what comes of them",
    load: async () => (await import("./commands/test.ts")).test,
  },
  {
    name: "audit",
    summary: "Find the open doors of a configuration",
    load: async () => (await import("./commands/audit.ts")).audit,
  },
  {
    name: "explain",
    summary: "Explain a code of check or audit",
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  {
    name: "eval",
    summary: "Evaluate a policy expression",
    load: async () => (await import("./commands/eval.ts")).evaluate,
  },
  {
    name: "policies",
    summary: "Show which policies are supported, and how",
    load: async () => (await import("./commands/policies.ts")).policies,
  },
  {
    name: "authorize",
    summary: "Connect a connection of the credential store",
    load: async () => (await import("./commands/authorize.ts")).authorize,
  },
  {
    name: "trace",
    summary: "Show the recorded trace of a request",
    load: async () => (await import("./commands/trace.ts")).trace,
  },
  {
    name: "usage",
    summary: "Show who used which model how much, and what it cost",
    load: async () => (await import("./commands/usage.ts")).usage,
  },
  {
    name: "example",
    summary: "Start an example, with backends and lines to paste",
    load: async () => (await import("./commands/example.ts")).example,
  },
  {
    name: "completion",
    summary: "Print a script that completes commands in a shell",
    load: async () => (await import("./commands/completion.ts")).completion(commandEntries),
  },
  {
    name: "version",
    summary: "Print the version",
    load: async () => (await import("./commands/version.ts")).version,
  },
  {
    name: "help",
    summary: "Explain a command",
    load: async () => help(commandEntries),
  },
];

export async function main(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  // A reader that closes the pipe (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
    });
  }
  try {
    return await runCommand(argv, commandEntries, terminal);
  } catch (error) {
    const text = error instanceof Error ? (terminal.env.DEBUG ? error.stack : error.message) : String(error);
    terminal.err.line(`sallyport: ${printable(text ?? "unknown error")}`);
    return MISTAKES;
  }
}

/**
 * Switches of Node. Some would take a door off its hinges: a gateway does not start with them, as they are set for some
 * other program's sake, and nobody would notice. Others close doors that a gateway never needs: it starts with them.
 */
export interface Runtime {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly execArgv: readonly string[];
}

/** What must be changed before a start, each as a sentence. */
export function unsafeSwitches({ env, execArgv }: Runtime): string[] {
  const found: string[] = [];
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
    found.push(
      "NODE_TLS_REJECT_UNAUTHORIZED=0 switches off every certificate check. Unset it; " +
        "for one backend set validateCertificateChain: false in sallyport.yaml.",
    );
  }
  const options = [...execArgv, ...(env.NODE_OPTIONS ?? "").split(/\s+/)];
  if (options.some((option) => option.startsWith("--insecure-http-parser"))) {
    found.push(
      "--insecure-http-parser lets requests through that mean different things to gateway and backend. Remove it.",
    );
  }
  return found;
}

/** No eval, no new Function, no way to a prototype by the name `__proto__`: what an injection would reach for. */
const SAFE: readonly string[] = ["--disallow-code-generation-from-strings", "--disable-proto=delete"];

/**
 * Space for young objects in each thread, in MiB, from the start and for good. V8 begins with one and goes back to it whenever the
 * process was idle for some seconds: then sixteen times as many collections made a request dearer by a tenth, until it had grown again.
 */
const ROOMY = "--min-semi-space-size=16";

/** The switches that a gateway is started with; the space for young objects is left to who has set any of it. */
export function switchesOf({ env, execArgv }: Runtime): readonly string[] {
  const options = [...execArgv, ...(env.NODE_OPTIONS ?? "").split(/\s+/)];
  return options.some((option) => option.includes("semi-space-size")) ? SAFE : [...SAFE, ROOMY];
}

/**
 * Starts this process over with the switches that it lacks; does not return when it does. The process stays the same one to its
 * supervisor. Where there is no execve (Windows) they are for the caller to set.
 */
export function startSafely(): void {
  const missing = switchesOf(process).filter((option) => !process.execArgv.includes(option));
  if (missing.length === 0 || process.execve === undefined || process.platform === "win32") return;
  const args = [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)];
  process.execve(process.execPath, args, process.env);
}

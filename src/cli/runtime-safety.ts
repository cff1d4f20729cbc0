/**
 * Switches of Node that would take a door off its hinges. A gateway does not start with them: they are set for some
 * other program's sake, and nobody would notice.
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

/** `sallyport completion`: a script for a shell that completes commands, options and their words. */
import { closest } from "../../base/closest.ts";
import { type Command, type CommandEntry, FINE, onlyPositional, UsageError } from "../command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

interface Completed {
  readonly name: string;
  readonly summary: string;
  /** With their dashes. */
  readonly options: readonly string[];
}

export function completion(entries: readonly CommandEntry[]): Command {
  return {
    help: `Usage: sallyport completion bash|zsh|fish

Prints a script that makes the shell complete commands and options.

Examples:
  source <(sallyport completion bash)                                     this shell; in ~/.bashrc: every shell
  sallyport completion zsh > "\${fpath[1]}/_sallyport"
  sallyport completion fish > ~/.config/fish/completions/sallyport.fish`,
    options: {},
    async run(args, { out }) {
      const shell = SHELLS.find((name) => name === onlyPositional(args, "bash, zsh or fish"));
      if (shell === undefined) throw new UsageError(unknownShell(args.positionals[0]));
      const commands = await Promise.all(entries.map(completed));
      out.line({ bash, zsh, fish }[shell](commands));
      return FINE;
    },
  };
}

function unknownShell(name: string): string {
  const near = closest(name, SHELLS);
  return `there is a script for ${SHELLS.join(", ")}, not for "${name}"${near === undefined ? "" : `; did you mean ${near}?`}`;
}

async function completed({ name, summary, load }: CommandEntry): Promise<Completed> {
  const { options, help } = await load();
  // A flag that the help names in its negative form alone (--no-watch) is completed as that.
  const forms = Object.keys(options).flatMap((option) =>
    [`--${option}`, `--no-${option}`].filter((form) => new RegExp(`${form}(?![\\w-])`).test(help)),
  );
  return { name, summary, options: [...forms, "--help"] };
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(" ")}" ;;`);
  return `_sallyport() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _sallyport sallyport`;
}

function zsh(commands: readonly Completed[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options }) => `    ${name}) options=(${options.join(" ")}) ;;`);
  return `#compdef sallyport
_sallyport() {
  local -a commands options
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${cases.join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    compadd -- $options
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_sallyport" ]; then _sallyport; else compdef _sallyport sallyport; fi`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c sallyport -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map((o) => `complete -c sallyport -n "__fish_seen_subcommand_from ${name}" -l ${o.slice(2)}`),
  ]);
  return lines.join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

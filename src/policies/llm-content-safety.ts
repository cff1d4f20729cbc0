/** llm-content-safety: prompts, and answers of models, that Azure AI Content Safety finds harmful do not pass. */
import { bool, int, oneOf, string, textString } from "../kit/attributes.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../kit/bodies.ts";
import { errorBody } from "../kit/error-body.ts";
import type { Exchange } from "../kit/exchange.ts";
import { Headers } from "../http/headers.ts";
import { Body } from "../http/body.ts";
import { ResponseMessage } from "../kit/message.ts";
import { type Outcome, Refusal } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import { modelRequestOf } from "../llm/model-request.ts";
import {
  CATEGORIES,
  judgeAnswer,
  judgePrompt,
  MAX_CHARACTERS,
  refusalOf,
  type Rules,
} from "./shared/content-safety.ts";
import { judgedAnswer, type Window } from "./shared/judged-answer.ts";
import { checkServiceBackend } from "./shared/service-backend.ts";

export const llmContentSafety = definePolicy({
  name: "llm-content-safety",
  sections: ["inbound", "outbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Refuses prompts and answers of models that Azure AI Content Safety finds harmful.",
  reference: "https://learn.microsoft.com/azure/api-management/llm-content-safety-policy",
  attributes: {
    "backend-id": string({ required: true, expression: true, doc: "Id of the backend of Azure AI Content Safety." }),
    "shield-prompt": bool({ default: false, expression: true, doc: "true: prompts are checked for attacks, too." }),
    "enforce-on-completions": bool({
      default: false,
      expression: true,
      doc: "In inbound: true checks what the model answers as well. In outbound that is always checked.",
    }),
    "window-size": int({
      default: MAX_CHARACTERS,
      expression: true,
      min: 1,
      max: MAX_CHARACTERS,
      doc: "Characters of an answer that are judged at once; default 10000.",
    }),
    "window-overlap-size": int({
      default: 0,
      expression: true,
      min: 0,
      max: MAX_CHARACTERS - 1,
      doc: "Characters of a window that are judged again with the next one.",
    }),
  },
  children: {
    categories: {
      attributes: {
        "output-type": oneOf(["FourSeverityLevels", "EightSeverityLevels"], {
          default: "FourSeverityLevels",
          expression: true,
          doc: "FourSeverityLevels: 0, 2, 4, 6; EightSeverityLevels: 0 to 7.",
        }),
      },
      children: {
        category: {
          many: true,
          min: 1,
          attributes: {
            name: oneOf(CATEGORIES, { required: true, expression: true, doc: "The category of harm." }),
            threshold: int({
              required: true,
              expression: true,
              min: 0,
              max: 7,
              doc: "Least severity that is refused: 0 is the strictest, 7 the laxest.",
            }),
          },
        },
      },
      doc: "Harm that is refused.",
    },
    blocklists: {
      children: { id: { many: true, min: 1, text: textString({ required: true, expression: true }) } },
      doc: "Block lists of the service.",
    },
  },
  compile(config, context) {
    const { backendId, shieldPrompt, enforceOnCompletions, windowSize, windowOverlapSize, children } = config;
    const { categories, blocklists } = children;
    checkServiceBackend(backendId, "backend-id", context);
    if (categories === undefined && blocklists === undefined) checkShield(shieldPrompt.constant, context);
    const rulesOf = (x: Exchange): Rules => ({
      backendId: backendId.get(x),
      shieldsPrompt: shieldPrompt.get(x),
      outputType: categories?.outputType.get(x) ?? "FourSeverityLevels",
      thresholds: new Map(categories?.children.category.map((each) => [each.name.get(x), each.threshold.get(x)])),
      blocklists: blocklists?.children.id.map(({ text }) => text.get(x)) ?? [],
    });
    const windowOf = (x: Exchange): Window => {
      const size = Math.min(MAX_CHARACTERS, Math.max(1, windowSize.get(x)));
      return { size, overlap: Math.min(size - 1, Math.max(0, windowOverlapSize.get(x))) };
    };
    if (context.place.section === "outbound") return (x) => answered(x, rulesOf(x), windowOf(x));
    return async (x): Promise<Outcome> => {
      const rules = rulesOf(x);
      if (enforceOnCompletions.get(x)) {
        // What is compressed cannot be judged.
        x.request.headers.remove("Accept-Encoding");
        const window = windowOf(x);
        x.beforeResponse((settled) => replaceRefused(settled, rules, window));
      }
      await prepare(x, NEEDS_REQUEST_BODY);
      if (isCoded(x)) {
        const detail = { reason: "the prompt is compressed" };
        return new Refusal(403, "ContentSafetyViolation", "Request failed content safety check.", { detail });
      }
      const text = promptOf(x);
      return refusalOf(x, "Request", () => judgePrompt(x, rules, text));
    };
  },
  doors: () => [{ kind: "model" }],
});

function checkShield(isShielded: boolean | undefined, context: CompileContext): void {
  if (isShielded !== false) return;
  context.error("llm-content-safety checks nothing here", {
    hint: 'Give shield-prompt="true", <categories> or <blocklists>.',
  });
}

function answered(x: Exchange, rules: Rules, window: Window): Promise<Refusal | undefined> {
  return judgedAnswer(x, window, (text) => refusalOf(x, "Response", () => judgeAnswer(x, rules, text)));
}

async function replaceRefused(x: Exchange, rules: Rules, window: Window): Promise<void> {
  const refusal = await answered(x, rules, window);
  if (refusal === undefined) return;
  const { status, reason, publicMessage: message, detail } = refusal;
  x.trace?.add("llm-content-safety", `The answer is refused: ${reason}`, { ...detail });
  x.response?.body.discard();
  const headers = Headers.of([["Content-Type", "application/json"]]);
  x.response = new ResponseMessage(status, "", headers, Body.text(errorBody(x, status, message, reason)));
}

function isCoded({ request }: Exchange): boolean {
  return !/^(identity)?$/i.test(request.headers.first("Content-Encoding")?.trim() ?? "");
}

/** Everything that the model reads; of what is no request of a model, every text in it. */
function promptOf(x: Exchange): string {
  const { buffered } = x.request.body;
  const text = Buffer.from(buffered ?? []).toString("utf8");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text;
  }
  const { texts = [] } = modelRequestOf(body, x.request.url.path) ?? {};
  return (texts.length > 0 ? texts : stringsIn(body)).join("\n");
}

function stringsIn(value: unknown, found: string[] = [], depth = 0): string[] {
  // Deeper than anybody writes by hand: judged as it stands.
  if (depth > 64) found.push(JSON.stringify(value));
  else if (typeof value === "string") found.push(value);
  else if (typeof value === "object" && value !== null)
    for (const item of Object.values(value)) stringsIn(item, found, depth + 1);
  return found;
}

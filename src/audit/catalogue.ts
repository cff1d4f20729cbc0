/**
 * The codes of the audit: what each means, how severe it is where nothing lessens it, the way out, and which of the OWASP API Security
 * Top 10 it belongs to. https://owasp.org/API-Security/editions/2023/en/0x11-t10/
 */
import type { Severity } from "./finding.ts";

export interface AuditEntry {
  readonly title: string;
  readonly severity: Severity;
  readonly owasp: OwaspId;
  /** When it is found. */
  readonly meaning: string;
  readonly fix: string;
}

/** Categories that a configuration can tell something of; the others need the API's own data or code. */
export const OWASP = {
  "API2:2023": { title: "Broken Authentication", page: "0xa2-broken-authentication" },
  "API4:2023": { title: "Unrestricted Resource Consumption", page: "0xa4-unrestricted-resource-consumption" },
  "API5:2023": { title: "Broken Function Level Authorization", page: "0xa5-broken-function-level-authorization" },
  "API7:2023": { title: "Server Side Request Forgery", page: "0xa7-server-side-request-forgery" },
  "API8:2023": { title: "Security Misconfiguration", page: "0xa8-security-misconfiguration" },
  "API9:2023": { title: "Improper Inventory Management", page: "0xa9-improper-inventory-management" },
} as const;

export type OwaspId = keyof typeof OWASP;

export function owaspPage(id: OwaspId): string {
  return `https://owasp.org/API-Security/editions/2023/en/${OWASP[id].page}/`;
}

export const AUDIT_CODES = {
  SA1001: {
    title: "No subscription key is asked for",
    severity: "high",
    owasp: "API2:2023",
    meaning:
      "An operation can be called without a subscription key. High where neither a token nor a client certificate is asked for either, low where one is.",
    fix: "Set subscriptionRequired in apiInformation.json, and in the product through which the API is open.",
  },
  SA1002: {
    title: "No token is validated",
    severity: "medium",
    owasp: "API2:2023",
    meaning:
      "On the way to the backend, or to the answer, no token is validated, nor a client certificate: at best a key says who calls, and keys are shared, copied and rarely changed. High where no key is asked for either.",
    fix: "Put <validate-jwt> or <validate-azure-ad-token> into <inbound> of the API or of a broader scope, before any branch.",
  },
  SA1003: {
    title: "Tokens without a signature pass",
    severity: "high",
    owasp: "API2:2023",
    meaning: "A token policy does not demand a signature: anybody can write such a token.",
    fix: 'Remove require-signed-tokens="false".',
  },
  SA1004: {
    title: "The audience of tokens is not checked",
    severity: "high",
    owasp: "API2:2023",
    meaning: "A token policy accepts tokens that were issued for other services of the same provider.",
    fix: "Name the API in <audiences>.",
  },
  SA1005: {
    title: "The issuer of tokens is not checked",
    severity: "medium",
    owasp: "API2:2023",
    meaning: "A token policy verifies signatures by keys of its own and names neither <openid-config> nor <issuers>.",
    fix: "Name the issuer in <issuers>, or the provider in <openid-config>.",
  },
  SA1006: {
    title: "Tokens without an expiry pass",
    severity: "medium",
    owasp: "API2:2023",
    meaning: "A token policy accepts tokens that are valid for ever.",
    fix: 'Remove require-expiration-time="false".',
  },
  SA1007: {
    title: "A check does not stop the request",
    severity: "medium",
    owasp: "API2:2023",
    meaning: "A policy validates or authenticates, and lets the request go on when that fails.",
    fix: "Let it stop the request, or remove it: it protects nothing.",
  },
  SA1008: {
    title: "Any client certificate passes",
    severity: "high",
    owasp: "API2:2023",
    meaning:
      "<validate-client-certificate> asks neither who issued the certificate nor whose it is: anybody can make one.",
    fix: 'Set validate-trust="true", or name the <identities> that may call.',
  },
  SA1009: {
    title: "Any website may call with the user's credentials",
    severity: "high",
    owasp: "API8:2023",
    meaning:
      "<cors> allows credentials to every origin: by *, or by an expression that repeats the caller's. The gateway does not send credentials to a *; other gateways, and the expression, do.",
    fix: "List the origins that may call, or leave allow-credentials out.",
  },
  SA1010: {
    title: "Changes are accepted from every network",
    severity: "info",
    owasp: "API8:2023",
    meaning:
      "An operation that changes something (not GET, HEAD or OPTIONS) is served without a token and to every address: no <ip-filter>, no internal listener, no allowedClients.",
    fix: "Put an <ip-filter> before it, or serve it on an internal listener.",
  },
  SA2001: {
    title: "No rate limit and no quota",
    severity: "medium",
    owasp: "API4:2023",
    meaning:
      "Nothing on the way bounds how often a caller may call. A limit by subscription bounds nobody who needs no key.",
    fix: "Put <rate-limit> or <quota> into the product, or <rate-limit-by-key> into the API.",
  },
  SA2002: {
    title: "A model is called without a token limit",
    severity: "high",
    owasp: "API4:2023",
    meaning:
      "The backend is a language model, by its address, its operations or the policies for it, and nothing bounds the tokens that a caller may spend.",
    fix: "Put <llm-token-limit> into <inbound>, with a counter-key that the gateway knows, such as the subscription's id.",
  },
  SA2003: {
    title: "Callers choose their own counter",
    severity: "medium",
    owasp: "API4:2023",
    meaning:
      "The counter-key of a limit is made of the caller's headers, address or body alone, and no token was validated before: who changes it has a fresh limit.",
    fix: "Count by context.Subscription.Id, context.Request.IpAddress or a claim of a validated token.",
  },
  SA3001: {
    title: "The backend lets in whoever reaches it",
    severity: "medium",
    owasp: "API8:2023",
    meaning:
      "The request goes to a backend to which the gateway shows neither a client certificate nor a token, key or password: the backend cannot tell the gateway from anybody else who finds a way around it.",
    fix: "Give the backend entity credentials or a certificate, or use <authentication-certificate> or <authentication-managed-identity>.",
  },
  SA3002: {
    title: "The backend is called over plain HTTP",
    severity: "high",
    owasp: "API8:2023",
    meaning:
      "Keys, tokens and data travel to the backend in the open. An address on this machine (loopback) is exempt.",
    fix: "Call it by https.",
  },
  SA3003: {
    title: "The backend's certificate is not validated",
    severity: "high",
    owasp: "API8:2023",
    meaning:
      "The backend entity turns off the check of the certificate's chain or name: anybody on the way can pass for it.",
    fix: "Turn the check on; for a private authority, name it in backends.<id>.authorities of the settings.",
  },
  SA3004: {
    title: "The caller's token goes on to the backend",
    severity: "low",
    owasp: "API8:2023",
    meaning:
      "The caller's Authorization is validated and then forwarded as it is: the backend, and its logs, can act as the caller.",
    fix: 'Give the gateway an identity of its own, or remove the header: <set-header name="Authorization" exists-action="delete" />.',
  },
  SA3005: {
    title: "Callers choose which address is called",
    severity: "high",
    owasp: "API7:2023",
    meaning: "The address of a backend, or of a request that a policy sends, is made of what the caller wrote.",
    fix: "Choose between fixed addresses with <choose>, or between backend entities.",
  },
  SA3006: {
    title: "Policies may call any private address",
    severity: "low",
    owasp: "API7:2023",
    meaning:
      "The egress rules allow every private address: one expression that is led astray reaches the whole network.",
    fix: "Set egress.private to configured or listed, and name what else is needed in egress.allow.",
  },
  SA4001: {
    title: "A secret stands in a policy",
    severity: "high",
    owasp: "API8:2023",
    meaning: "A password, key or token stands in a policy document as plain text.",
    fix: "Make it a named value whose value comes from a vault, the environment or a file.",
  },
  SA4002: {
    title: "A secret stands in the configuration",
    severity: "high",
    owasp: "API8:2023",
    meaning:
      "A named value that is secret, or is named like one, a subscription key or a backend's credential stands in a file of the configuration as plain text.",
    fix: "Write where it comes from instead: env:NAME, file:PATH, keyvault:..., and make named values secret.",
  },
  SA5001: {
    title: "One key opens every API",
    severity: "medium",
    owasp: "API5:2023",
    meaning:
      "An active subscription has all APIs, or the whole service, as its scope: no product's policies hold for it.",
    fix: "Give it the scope of the product or API that it is for.",
  },
  SA5002: {
    title: "A subscription may trace",
    severity: "low",
    owasp: "API8:2023",
    meaning:
      "Whoever holds its key can read what policies did to a request, named values that are not secret included.",
    fix: "Set allowTracing to false; turn it on while you look for something.",
  },
  SA5003: {
    title: "A product is open to everybody",
    severity: "medium",
    owasp: "API2:2023",
    meaning:
      "A published product asks for no subscription: its APIs can be called without a key, whatever they say themselves.",
    fix: "Set subscriptionRequired, or take the APIs out of the product.",
  },
  SA5004: {
    title: "Keys of an unpublished product work",
    severity: "low",
    owasp: "API9:2023",
    meaning: "A product is not published, but active subscriptions to it still open its APIs.",
    fix: "Cancel the subscriptions, or publish the product.",
  },
  SA6001: {
    title: "A listener serves plain HTTP beyond this machine",
    severity: "high",
    owasp: "API8:2023",
    meaning:
      "Keys and tokens travel in the open between callers, or the proxy that ends TLS, and the gateway. Loopback is exempt.",
    fix: "Give the listener tls, or let it listen on 127.0.0.1 behind the proxy.",
  },
  SA6002: {
    title: "The admin server listens beyond this machine",
    severity: "medium",
    owasp: "API8:2023",
    meaning: "Status and metrics are open to the network without TLS.",
    fix: "Set admin.host to 127.0.0.1, and let what collects metrics run beside the gateway or come through a proxy with TLS.",
  },
} as const satisfies Record<string, AuditEntry>;

export type AuditCode = keyof typeof AUDIT_CODES;

export function auditEntry(code: string): AuditEntry | undefined {
  return Object.hasOwn(AUDIT_CODES, code) ? AUDIT_CODES[code as AuditCode] : undefined;
}

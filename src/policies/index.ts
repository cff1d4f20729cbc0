/** Every policy Sallyport knows, one line each, in alphabetical order. */
import type { AnyPolicy } from "../kit/policy.ts";
import { authenticationBasic } from "./authentication-basic.ts";
import { authenticationCertificate } from "./authentication-certificate.ts";
import { authenticationManagedIdentity } from "./authentication-managed-identity.ts";
import { azureOpenaiEmitTokenMetric } from "./azure-openai-emit-token-metric.ts";
import { azureOpenaiSemanticCacheLookup } from "./azure-openai-semantic-cache-lookup.ts";
import { azureOpenaiSemanticCacheStore } from "./azure-openai-semantic-cache-store.ts";
import { azureOpenaiTokenLimit } from "./azure-openai-token-limit.ts";
import { base } from "./base.ts";
import { cacheLookup } from "./cache-lookup.ts";
import { cacheLookupValue } from "./cache-lookup-value.ts";
import { cacheRemoveValue } from "./cache-remove-value.ts";
import { cacheStore } from "./cache-store.ts";
import { cacheStoreValue } from "./cache-store-value.ts";
import { cacheValue } from "./cache-value.ts";
import { checkHeader } from "./check-header.ts";
import { checkIp } from "./check-ip.ts";
import { choose } from "./choose.ts";
import { cors } from "./cors.ts";
import { emitMetric } from "./emit-metric.ts";
import { findAndReplace } from "./find-and-replace.ts";
import { forwardRequest } from "./forward-request.ts";
import { getAuthorizationContext } from "./get-authorization-context.ts";
import { includeFragment } from "./include-fragment.ts";
import { ipFilter } from "./ip-filter.ts";
import { limitConcurrency } from "./limit-concurrency.ts";
import { llmContentSafety } from "./llm-content-safety.ts";
import { llmEmitTokenMetric } from "./llm-emit-token-metric.ts";
import { llmSemanticCacheLookup } from "./llm-semantic-cache-lookup.ts";
import { llmSemanticCacheStore } from "./llm-semantic-cache-store.ts";
import { llmTokenLimit } from "./llm-token-limit.ts";
import { mockResponse } from "./mock-response.ts";
import { proxy } from "./proxy.ts";
import { quota } from "./quota.ts";
import { quotaByKey } from "./quota-by-key.ts";
import { rateLimit } from "./rate-limit.ts";
import { rateLimitByKey } from "./rate-limit-by-key.ts";
import { retry } from "./retry.ts";
import { returnResponse } from "./return-response.ts";
import { rewriteUri } from "./rewrite-uri.ts";
import { sendOneWayRequest } from "./send-one-way-request.ts";
import { sendRequest } from "./send-request.ts";
import { sendServiceBusMessage } from "./send-service-bus-message.ts";
import { setBackendService } from "./set-backend-service.ts";
import { setBody } from "./set-body.ts";
import { setHeader } from "./set-header.ts";
import { setMethod } from "./set-method.ts";
import { setQueryParameter } from "./set-query-parameter.ts";
import { setStatus } from "./set-status.ts";
import { setVariable } from "./set-variable.ts";
import { trace } from "./trace.ts";
import { validateAzureAdToken } from "./validate-azure-ad-token.ts";
import { validateClientCertificate } from "./validate-client-certificate.ts";
import { validateJwt } from "./validate-jwt.ts";
import { wait } from "./wait.ts";

export const policies: readonly AnyPolicy[] = [
  authenticationBasic,
  authenticationCertificate,
  authenticationManagedIdentity,
  azureOpenaiEmitTokenMetric,
  azureOpenaiSemanticCacheLookup,
  azureOpenaiSemanticCacheStore,
  azureOpenaiTokenLimit,
  base,
  cacheLookup,
  cacheLookupValue,
  cacheRemoveValue,
  cacheStore,
  cacheStoreValue,
  cacheValue,
  checkHeader,
  checkIp,
  choose,
  cors,
  emitMetric,
  findAndReplace,
  forwardRequest,
  getAuthorizationContext,
  includeFragment,
  ipFilter,
  limitConcurrency,
  llmContentSafety,
  llmEmitTokenMetric,
  llmSemanticCacheLookup,
  llmSemanticCacheStore,
  llmTokenLimit,
  mockResponse,
  proxy,
  quota,
  quotaByKey,
  rateLimit,
  rateLimitByKey,
  retry,
  returnResponse,
  rewriteUri,
  sendOneWayRequest,
  sendRequest,
  sendServiceBusMessage,
  setBackendService,
  setBody,
  setHeader,
  setMethod,
  setQueryParameter,
  setStatus,
  setVariable,
  trace,
  validateAzureAdToken,
  validateClientCertificate,
  validateJwt,
  wait,
];

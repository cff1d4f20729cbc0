/** Recorded cases and documents that differ from real .NET or APIM on purpose, or not yet: each with its reason. */

/** Ids of expressions.jsonl. */
export const KNOWN_EXPRESSIONS: Readonly<Record<string, string>> = {
  "string-152": "strings have no identity of their own: == on object compares their text",
};

/** Documents of the corpus that its index does not flag, and that are refused all the same. */
export const KNOWN_DOCUMENTS: Readonly<Record<string, string>> = {
  "Azure-Samples__Apim-Samples/samples__inference-failover__apim-policies__inference-api-policy-with-retry-tracked.xml":
    "RETRY_COUNT is a placeholder of a template",
  "Azure-Samples__Apim-Samples/samples__inference-failover__apim-policies__inference-api-policy.xml":
    "RETRY_COUNT is a placeholder of a template",
  "hmcts__hmi-apim-infrastructures/infrastructure__resources__policy-files__product-policy.xml":
    "#rateCallLimit# is a placeholder of a template",
  "curityio__azure-apim-oauth-proxy/oauth-proxy-template__oauthproxydeploy.json__json1.xml":
    "{0} and the like are placeholders of an ARM format()",
  "Azure-Samples__genai-gateway-apim/infra__app__apim-api-policy.xml":
    "{1} and the like are placeholders of a Bicep format()",
  "MicrosoftDocs__azure-docs/articles__api-management__cache-lookup-policy.md__fence2.xml":
    'duration="seconds" stands for a number',
  "Azure__api-management-policy-snippets/examples__Return_a_blob_URL_signed_with_a_user_delegation_SAS_token.xml":
    "AddSeconds(string): the C# compiler refuses it, too (CS1503)",
  "Azure__api-management-policy-snippets/examples__Extract_value_from_XML.xml":
    "XmlReader is not on the documented list, and System.Xml is not imported",
  "MicrosoftDocs__azure-docs/articles__api-management__set-body-policy.md__fence3.xml":
    "assigns to an element of a string: the C# compiler refuses it, too (CS0200)",
};

/** Verdicts of the C# compiler by their sha256. */
export const KNOWN_VERDICTS: Readonly<Record<string, string>> = {
  "1a7b69596dd51bfceebbcf5899af8d0d8d23256ecb0bb3c2eacdfbbf32d30b39":
    "Decrypt(SymmetricAlgorithm) of byte[] is documented by APIM; the recorded compiler did not have it",
  "3747ec305322f9b2a3e8e3a8fefb7728a8a3ac620dcd40c9912021fe46dac974":
    "Decrypt(SymmetricAlgorithm) of byte[] is documented by APIM; the recorded compiler did not have it",
};

/** The catalogue of diagnostic codes: what each means and the way out. Codes of the C# compiler (CS....) are Microsoft's. */

export interface CodeEntry {
  readonly code: string;
  readonly meaning: string;
  readonly wayOut: string;
}

export interface CodeGroup {
  readonly title: string;
  readonly codes: readonly CodeEntry[];
}

function group(
  title: string,
  entries: Readonly<Record<string, readonly [meaning: string, wayOut: string]>>,
): CodeGroup {
  const codes = Object.entries(entries).map(([code, [meaning, wayOut]]) => ({ code, meaning, wayOut }));
  return { title, codes };
}

export const CODE_GROUPS: readonly CodeGroup[] = [
  group("Files and settings", {
    SP1001: [
      "A file or folder cannot be read.",
      "Check its name and permissions; name the folder that the extractor wrote.",
    ],
    SP1002: [
      "A file is too large, or there are too many files.",
      "Name the folder of the configuration, not one above it.",
    ],
    SP1003: [
      "A file is not UTF-8, or not the JSON or YAML that its name says.",
      "Mend the place that is named; save as UTF-8.",
    ],
    SP1004: ["A value has the wrong type.", "Write the type that is named: a text, a number, a list, an object."],
    SP1005: ["A value is missing.", "Add it."],
    SP1006: [
      "A value is of the right type, but not allowed.",
      "Write one of the values, or one within the bounds, that are named.",
    ],
    SP1007: ["A setting is not known.", "Take the name that is proposed, or remove it; see settings.schema.json."],
    SP1008: [
      "A symbolic link leads outside the configuration, or nowhere; it is not followed.",
      "Copy what it leads to.",
    ],
  }),
  group("Extracts: APIs, operations, products, specifications", {
    SP1101: ["A folder of an extract lacks the file that describes it.", "Extract again, or remove the folder."],
    SP1102: [
      "A name refers to something that is not there.",
      "Take the name that is proposed, or add what it refers to.",
    ],
    SP1103: ["Two things claim the same name, path, requests, key or revision.", "Change or remove one of them."],
    SP1104: ["A folder of operation policies belongs to no operation of the API.", "Rename it as the operation's id."],
    SP1105: ["An API of this type is not served.", "Nothing to do; its requests are answered with 404."],
    SP1106: [
      "An operation's method or URL template is not valid.",
      "Write a method such as GET and a template such as /items/{id}.",
    ],
    SP1107: ["The folder holds no APIOps extract.", "Name the folder with apis/, products/ or policy.xml in it."],
    SP1108: ["An API has no operations: all of its requests are answered with 404.", "Give it an OpenAPI document."],
    SP1109: [
      "A specification is not OpenAPI 2.0, 3.0, 3.1 or WADL, or a path in it is not valid.",
      "Mend the specification.",
    ],
    SP1110: [
      "An MCP server has no tools, a tool's operation takes what tools cannot send, or metadata is asked for in the wrong place.",
      "Do as the hint says; the rest of the server works.",
    ],
  }),
  group("Environments, secrets, keys", {
    SP1201: ["The settings have no environment of that name.", "Check --environment and SALLYPORT_ENVIRONMENT."],
    SP1202: [
      "A listener would serve plain HTTP beyond this machine.",
      "Give it a certificate, listen on 127.0.0.1, or say in so many words that it is meant.",
    ],
    SP1203: ["A secret cannot be had from where the settings say it is.", "Set the variable or file that is named."],
    SP1204: [
      "A subscription key is too short, or holds characters that headers cannot.",
      "Make one: openssl rand -hex 16.",
    ],
    SP1205: [
      "A subscription has no key, or a backend no certificate or credential: it cannot be used.",
      "Give it in sallyport.yaml.",
    ],
  }),
  group("Policies", {
    SP2001: ["There is no policy of that name, or it is not supported yet.", "See `sallyport policies`."],
    SP2002: [
      "The element does not have that attribute.",
      "Take the name that is proposed; see `sallyport policies NAME`.",
    ],
    SP2003: ["A required attribute or content is missing.", "Add it."],
    SP2004: ["A literal value cannot be read.", "Write what the attribute takes; see `sallyport policies NAME`."],
    SP2005: ["The policy may not stand in this section.", "Move it to one of the sections that are named."],
    SP2006: ["An expression stands where only a literal is allowed.", "Write a literal or a named value."],
    SP2007: ["The element does not take that child element.", "Take the name that is proposed, or remove it."],
    SP2008: ["A required child element is missing.", "Add it."],
    SP2009: ["An element stands twice where one is allowed.", "Remove one."],
    SP2010: [
      "The document does not start as it must, or has an unknown section.",
      "Write <policies> with inbound, backend, outbound, on-error; or <fragment>.",
    ],
    SP2011: [
      "A named value does not exist or has no value.",
      "Add it to the extract, or give a value in sallyport.yaml.",
    ],
    SP2013: ["Text stands where only elements may.", "Remove it, or make it a comment."],
    SP2014: ["<base/> stands inside a policy.", "Put it directly into a section."],
    SP2015: ["The policy cannot work with this configuration.", "The message says what is wrong with it."],
    SP2016: [
      "A fragment does not exist, or is included from a fragment.",
      "Take the id that is proposed, or add the fragment.",
    ],
    SP2017: ["A Liquid template has a mistake.", "Mend the template at the place that is named."],
  }),
  group("XML", {
    SP3001: ["An element is not closed.", "Add its closing tag."],
    SP3002: ["Text stands outside of the root element.", "Remove it."],
    SP3003: ["A comment, CDATA section or processing instruction is not closed.", "Close it."],
    SP3004: ["A document type declaration is not allowed.", "Remove it; write characters in place of entities."],
    SP3005: ["A closing tag is not complete.", "Write </name>."],
    SP3006: ["A closing tag closes nothing.", "Remove it, or mend the name."],
    SP3007: ["A < starts no tag.", "Write &lt; in text."],
    SP3008: ["Elements are nested too deeply.", "Nest less; fragments help."],
    SP3009: ["A tag is not closed.", "Add the >."],
    SP3010: ["An attribute stands twice in a tag.", "Remove one."],
    SP3011: [
      "Something unexpected stands in a tag; often a quote is missing or too much.",
      "Write &quot; for a quote in a value.",
    ],
    SP3012: ["An attribute has no value, or none in quotes.", 'Write name="value".'],
    SP3013: ["The value of an attribute is not closed.", "Add the quote."],
    SP3014: ["An expression is not closed.", "Balance its brackets and quotes."],
    SP3015: ["Text follows an expression, which must be the whole value.", "Put the text into the expression."],
  }),
  group("C# beside the compiler's own codes", {
    SP4001: ["This part of C# is not supported in policy expressions.", "Write it in another way."],
    SP4002: ["The member is on the list, but not supported yet.", "Use another; see the reference of C# members."],
    SP4003: [
      "A generic local function calls itself with ever more type arguments.",
      "Call it with the types it has, or write it without type parameters.",
    ],
  }),
  group("Warnings", {
    SW3001: [
      "== or != compares references, where values were meant: two JSON tokens, or an object and a text.",
      "Convert both sides to the type that is meant, or write JToken.DeepEquals or object.Equals.",
    ],
    SW3002: ["Statements are never reached.", "Remove them, or what leaves before them."],
    SW3003: ["A condition always has the same value.", "Remove it, or compare with what was meant."],
    SW3004: ["A condition assigns a constant.", "Write == to compare."],
    SW3005: [
      "The result of a method that does nothing else is not used: texts and dates never change.",
      "Assign the result.",
    ],
    SW3101: [
      "An expression reads a variable that nothing sets: it throws.",
      "Set it, or read it with GetValueOrDefault.",
    ],
    SW3102: ["A body is read after it was used up: it is empty.", "Read it once, or with preserveContent: true."],
    SW3103: [
      "A header, query parameter or address holds a date without a format.",
      'Give one: .ToString("o") or .ToString("R").',
    ],
    SW3104: [
      "An expression stands amid other text: it is not evaluated.",
      'Make all of it one expression: @($"text {context.Operation.Id}").',
    ],
  }),
];

export function findCode(code: string): CodeEntry | undefined {
  for (const { codes } of CODE_GROUPS) {
    const found = codes.find((entry) => entry.code === code);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Microsoft's page of a code of the C# compiler. */
export function compilerPage(code: string): string {
  return `https://learn.microsoft.com/dotnet/csharp/language-reference/compiler-messages/${code.toLowerCase()}`;
}

/** Numbers and three-letter names of cultures, which Intl does not tell. https://learn.microsoft.com/openspecs/windows_protocols/ms-lcid */

/** Culture: LCID and the three letters that Windows gives it. */
const CULTURES: Readonly<Record<string, readonly [lcid: number, windows: string]>> = {
  "": [0x7f, "IVL"],
  ar: [0x1, "ARA"],
  "ar-SA": [0x401, "ARA"],
  bg: [0x2, "BGR"],
  "bg-BG": [0x402, "BGR"],
  cs: [0x5, "CSY"],
  "cs-CZ": [0x405, "CSY"],
  da: [0x6, "DAN"],
  "da-DK": [0x406, "DAN"],
  de: [0x7, "DEU"],
  "de-AT": [0xc07, "DEA"],
  "de-CH": [0x807, "DES"],
  "de-DE": [0x407, "DEU"],
  el: [0x8, "ELL"],
  "el-GR": [0x408, "ELL"],
  en: [0x9, "ENU"],
  "en-AU": [0xc09, "ENA"],
  "en-CA": [0x1009, "ENC"],
  "en-GB": [0x809, "ENG"],
  "en-IE": [0x1809, "ENI"],
  "en-IN": [0x4009, "ENN"],
  "en-NZ": [0x1409, "ENZ"],
  "en-US": [0x409, "ENU"],
  "en-ZA": [0x1c09, "ENS"],
  es: [0xa, "ESP"],
  "es-ES": [0xc0a, "ESN"],
  "es-MX": [0x80a, "ESM"],
  fi: [0xb, "FIN"],
  "fi-FI": [0x40b, "FIN"],
  fr: [0xc, "FRA"],
  "fr-BE": [0x80c, "FRB"],
  "fr-CA": [0xc0c, "FRC"],
  "fr-CH": [0x100c, "FRS"],
  "fr-FR": [0x40c, "FRA"],
  he: [0xd, "HEB"],
  "he-IL": [0x40d, "HEB"],
  hi: [0x39, "HIN"],
  "hi-IN": [0x439, "HIN"],
  hu: [0xe, "HUN"],
  "hu-HU": [0x40e, "HUN"],
  it: [0x10, "ITA"],
  "it-IT": [0x410, "ITA"],
  ja: [0x11, "JPN"],
  "ja-JP": [0x411, "JPN"],
  ko: [0x12, "KOR"],
  "ko-KR": [0x412, "KOR"],
  "nb-NO": [0x414, "NOR"],
  nl: [0x13, "NLD"],
  "nl-BE": [0x813, "NLB"],
  "nl-NL": [0x413, "NLD"],
  pl: [0x15, "PLK"],
  "pl-PL": [0x415, "PLK"],
  pt: [0x16, "PTB"],
  "pt-BR": [0x416, "PTB"],
  "pt-PT": [0x816, "PTG"],
  ro: [0x18, "ROM"],
  "ro-RO": [0x418, "ROM"],
  ru: [0x19, "RUS"],
  "ru-RU": [0x419, "RUS"],
  sv: [0x1d, "SVE"],
  "sv-SE": [0x41d, "SVE"],
  th: [0x1e, "THA"],
  "th-TH": [0x41e, "THA"],
  tr: [0x1f, "TRK"],
  "tr-TR": [0x41f, "TRK"],
  uk: [0x22, "UKR"],
  "uk-UA": [0x422, "UKR"],
  vi: [0x2a, "VIT"],
  "vi-VN": [0x42a, "VIT"],
  "zh-CN": [0x804, "CHS"],
  "zh-TW": [0x404, "CHT"],
};

/** ISO 639-2 codes of the languages above. */
const LANGUAGES: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "ar:ara bg:bul cs:ces da:dan de:deu el:ell en:eng es:spa fi:fin fr:fra he:heb hi:hin hu:hun it:ita ja:jpn ko:kor " +
    "nb:nob nl:nld pl:pol pt:por ro:ron ru:rus sv:swe th:tha tr:tur uk:ukr vi:vie zh:zho"
  )
    .split(" ")
    .map((pair) => pair.split(":")),
);

/** LCID of a culture that has none of its own. */
const UNSPECIFIED_LCID = 0x1000;

export function lcidOf(name: string): number {
  return CULTURES[name]?.[0] ?? UNSPECIFIED_LCID;
}

export function nameOfLcid(lcid: number): string | undefined {
  return Object.keys(CULTURES).find((name) => CULTURES[name][0] === lcid);
}

export function windowsNameOf(name: string): string {
  return CULTURES[name]?.[1] ?? "ZZZ";
}

/** @param language two letters; empty for the invariant culture */
export function threeLetterNameOf(language: string): string {
  return language === "" ? "ivl" : (LANGUAGES[language] ?? language);
}

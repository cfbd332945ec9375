/** A text is not searched further for what it says of the API's version. */
const MAX_SEARCHED = 500;

/** Names of the API's version, as opposed to the version of a resource. */
const API_VERSION = [
  /\bapi[- ]?versions?\b/g,
  /\bversions? of (?:the|this|our) (?:\w{1,20} )?api\b/g,
  /\b(?:version|api)\W{1,3}v?\d{4}-\d\d-\d\d\b/g,
  // Without a number or an owner, e.g. `This version is not enabled.`
  /^(?:(?:the|this|your|that|requested|given|specified) ){0,3}version\b/g,
];
const DENIED = [
  /(?:\bnot?|n't|\bcannot)\b(?: \w{1,20}){0,3} (?:enabl|activat|permi|allow|access|availab|support|authori[sz])\w{0,10}/g,
  /\b(?:unsupported|unavailable|unauthori[sz]ed|inaccessible|disabled|deactivated|denied|forbidden)\b/g,
  /\b(?:must|needs? to|has to|have to) (?:\w{1,20} )?be (?:enabled|activated|permitted|allowed|supported)\b/g,
];
/** What may stand between the two. With any other word, something else is denied. */
const BETWEEN =
  /^(?:\W|v?\d{4}-\d\d-\d\d\b|(?:accounts?|and|are|be|been|by|call|cint|client|credentials?|currently|for|given|has|have|header|in|is|of|on|our|requested|specified|that|the|this|to|use|used|using|value|was|which|with|yet|you|your)\b)*$/;
/** A missing header is another mistake, and mentions no permission. */
const REQUIRED = /version\b.{0,40}\b(?:is|was) (?:required|missing)\b/;

/**
 * Whether a text says that a version of the API is not enabled, permitted or supported. The contract has no kind of problem
 * for it.
 */
export function deniesApiVersion(text: string): boolean {
  return text
    .slice(0, MAX_SEARCHED)
    .replaceAll('_', ' ')
    .toLowerCase()
    .split(/[.;!?](?=\s|$)|\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => !REQUIRED.test(sentence))
    .some((sentence) =>
      placesOf(API_VERSION, sentence).some((version) =>
        placesOf(DENIED, sentence).some((denied) => BETWEEN.test(textBetween(sentence, version, denied))),
      ),
    );
}

type Place = readonly [start: number, end: number];

function placesOf(patterns: readonly RegExp[], sentence: string): Place[] {
  return patterns.flatMap((pattern) =>
    Array.from(sentence.matchAll(pattern), ({ 0: match, index }): Place => [index, index + match.length]),
  );
}

function textBetween(sentence: string, one: Place, other: Place): string {
  const [first, second] = one[0] <= other[0] ? [one, other] : [other, one];
  return sentence.slice(first[1], second[0]);
}

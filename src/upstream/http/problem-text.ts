import { isIPv6 } from 'node:net';

/** Texts are not searched further. Clients see less of them. */
const MAX_SEARCHED = 1000;

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

/** No unbounded repetition, so that matching takes linear time. */
const FOR_OPERATORS = [
  // Addresses.
  /[a-z]:\/\/|\bwww\.|javascript:|\bjdbc:/i,
  /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/,
  /\b[\w-]{1,63}\.[a-z][a-z\d-]{0,62}:\d{2,5}\b/i,
  /\b(?:localhost|(?:[a-z\d]{1,30}-){0,4}(?:redis|postgres|mysql|mongo|kafka|rabbitmq|elasticsearch|memcached|database|db|sql|cache|proxy|server|host)\d{0,3}(?:-[a-z\d]{1,30}){0,4}):\d{2,5}\b/i,
  /\b(?:connect(?:ion|ed|ing)?|reach|resolve|dial|listen|upstream|server|host|address)\b[^.\n]{0,40}\s[a-z][\w-]{0,62}:\d{2,5}\b/i,
  /\b[\w-]{1,63}\.(?:internal|local|localdomain|localhost|lan|corp|intranet|svc|consul|amazonaws)\b/i,
  // Credentials.
  /bearer\s|\bbasic\s[\w+/]{8}|eyJ[\w-]|authorization["']?\s?[:=]|(?:secret|password|passwd|pwd|token|api[-_ ]?key)["']?\s?[:=]/i,
  /\b(?!\w{0,10}mail)[\w.-]{1,64}:[^\s@/]{1,64}@[\w-]/,
  /\b(?:server|data source|host|hostname|database|initial catalog|user id|uid|dbname|port|endpoint|accountname|accountkey|sharedaccess\w{1,20}|defaultendpointsprotocol)\s?=\s?[^;\s]{1,80};/i,
  /\b(?:host|dbname|hostaddr|user)=\S{1,80}\s\w{1,20}=/i,
  // Markup: tags and comments, but not `Min > Max`.
  /<[a-z!/?]/i,
  // Files.
  /(?:^|[\s"'`(=:,[])\/(?:etc|var|usr|home|srv|opt|app|tmp|root|proc|sys|dev|mnt|lib\d{0,2}|s?bin|src|workspace|Users|Library|private)\//,
  /(?:^|[\s"'`(=:,[])(?:~|\.{1,2})\/[\w.]/,
  /(?:\/[\w.@-]{1,100}){2,20}\.[a-z]{1,6}\b/i,
  /\b[a-z]:\\|\\\\[\w.-]{1,63}\\|\b\w{2,100}\\\w{2,100}\\\w{2}/i,
  /[\w)]\.(?:[cm]?[jt]sx?|py|java|kt|scala|cs|vb|go|rb|php|rs|cpp|sql)(?::\d|:line |["'`]?[,)]? (?:on |at )?line \d)/i,
  // Stack frames and exceptions.
  /\bat (?:async |new )?[\w$.<>[\]`]{1,200} ?\((?:[^)]{0,200}[a-z_>]:\d{1,7}(?::\d{1,7})?|native|anonymous|unknown source)\)/i,
  /\bat [\w$<>`]{1,100}(?:\.[\w$<>`]{1,100}){1,20}\(/,
  /\bline \d{1,7}, in \b|\bin <module>/,
  /\bTraceback\b|\bstack ?trace\b|\bgoroutine \d|\bpanic: |\bsegmentation fault\b|\bcore dumped\b/i,
  /\b[A-Z]\w{1,100}Exception\b|\b(?:[a-z_]\w{0,60}\.){2,10}[A-Z]\w{1,100}(?:Exception|Error)\b/,
  /\b(?:Type|Reference|Range|Syntax|Eval|Key|Value|Attribute|Runtime|Assertion|Index|Import|ModuleNotFound|Operational|Integrity|Programming|NoMethod|Name|OS|IO|Connection|OutOfMemory|StackOverflow)Error\b/,
  /\b(?:null|nil) pointer\b|\bundefined is not\b|\bcannot read propert|\bobject reference not set\b|\bis not a function\b/i,
  /\b\w{1,100}::\w/,
  // Databases.
  /\bSELECT\b.{1,300}\bFROM\b|\b(?:INSERT INTO|DELETE FROM|DROP TABLE|ALTER TABLE|CREATE TABLE)\b|\bUPDATE \S{1,100} SET\b/s,
  /\bselect (?:\*|count ?\()|\binsert into [\w."`]{1,100} ?(?:\(|values)|\bdelete from [\w."`]{1,100} where\b|\bupdate [\w."`]{1,100} set [\w."`]{1,100} ?=/i,
  /\bselect [\w."`]{1,100}(?:, ?[\w."`]{1,100}){0,50} from [\w."`]{1,100}(?: where\b|;| limit\b| order by\b| join\b)/i,
  /\bORA-\d{4,5}\b|\bSQLSTATE\b|\bSQLITE_[A-Z]|\bER_[A-Z]{2,}_|\bSQL(?:Server)? error\b|\bPG::|\bnpgsql\b|\bpostgresql\b/i,
  /\bviolates [\w-]{1,20}(?: key)? constraint\b|\brelation "[^"]{1,100}" does not exist|\bsyntax error at or near\b|\bduplicate entry\b.{1,200}\bfor key\b|\bdeadlock (?:detected|found)\b/i,
  // Networks and operating systems.
  /\bE(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|NOENT|ACCES|PERM|EXIST|ISDIR|NOTDIR|MFILE|NOSPC|HOSTUNREACH|NETUNREACH|ADDRINUSE|ADDRNOTAVAIL|PROTO)\b/,
  /\bgetaddrinfo\b|\bdial (?:tcp|udp)\b|\bconnection (?:refused|reset)\b|\bsocket hang up\b|\bbroken pipe\b|\bno route to host\b|\bno such host\b|\bno such file or directory\b/i,
];
const LIKE_IPV6 = /[\da-f:]{2,45}/gi;

/**
 * Whether a text is for the API's operators rather than for users: it has an address, a credential, markup, a file, a stack
 * frame, an exception, or a message of a database or a network.
 */
export function isForOperators(whole: string): boolean {
  const text = whole.slice(0, MAX_SEARCHED);
  return (
    FOR_OPERATORS.some((pattern) => pattern.test(text)) ||
    ((text.includes('::') || /(?:[\da-f]{1,4}:){7}/i.test(text)) &&
      (text.match(LIKE_IPV6) ?? []).some((part) => isIPv6(part) || isIPv6(part.replace(/:$/, ''))))
  );
}

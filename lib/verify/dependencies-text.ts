import { formatAddress, parseAddress } from '../network/address.js';

/** An address that a text speaks of. */
export interface Endpoint {
  /** A name in lower case without a final dot, or an address. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly protocol: 'TCP' | 'UDP';
  /**
   * How sure it is that this is an address to connect to: the value as a whole says so (`whole`), or it stands somewhere in the text, so
   * that only the name of a Service tells it from anything else (`part`).
   */
  readonly written: 'whole' | 'part';
}

/** A text that a container is given under a name: a variable, a flag, a line of a file. */
export interface Named {
  readonly name: string;
  readonly text: string;
  /** What stands beside it under another name: `DB_PORT` beside `DB_HOST`. */
  readonly beside: (name: string) => string | undefined;
}

const schemePorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['ws', 80],
  ['https', 443],
  ['wss', 443],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['sqlserver', 1433],
  ['redis', 6379],
  ['rediss', 6379],
  ['valkey', 6379],
  ['mongodb', 27_017],
  ['amqp', 5672],
  ['amqps', 5671],
  ['nats', 4222],
  ['mqtt', 1883],
  ['mqtts', 8883],
  ['kafka', 9092],
  ['memcached', 11_211],
  ['cassandra', 9042],
  ['bolt', 7687],
  ['neo4j', 7687],
  ['ldap', 389],
  ['ldaps', 636],
  ['smtp', 25],
  ['smtps', 465],
  ['ftp', 21],
]);

/** Names of what a container offers or shows others, and of what is no address at all. */
const notCalled =
  /listen|bind|advertis|cors|allowed|redirect|callback|no_?proxy|(?:origins?|image|tag|version|(?:public|external|root|site|canonical|homepage)[_.-]?(?:url|uri|host|hostname|domain|address))$/i;

/** Names whose value is an address to connect to even without a scheme. */
const isAddressName = (name: string): boolean =>
  /(?:hosts?|hostname|addr|address|addresses|servers?|endpoints?|urls?|uri|brokers?|service|upstream|backend|dsn|target|conn(?:ection)?[_.-]?str(?:ing)?s?(?:__\w+)?)$/i.test(
    name,
  );

const label = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?';
const hostName = `${label}(?:\\.${label})*`;
const plainHost = new RegExp(`^${hostName}\\.?$`, 'i');
const hostAndPort = new RegExp(`^(\\[[0-9a-f:.]+\\]|${hostName}\\.?)(?::(\\d{1,5}))?(?![\\w:.@$-])`, 'i');
/** The authority of a URL may list several hosts, but not go on into the next URL of a list. */
const url =
  /(?<![a-z0-9])([a-z][a-z0-9+.-]{0,30}):\/\/((?:(?!,[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`<>{}|\\^;])*)(?:\/([^\s/?#"'`<>{}|\\^;,)]*))?/gi;
const pair = new RegExp(`(?<![\\w./:-])(${hostName}):(\\d{2,5})(?![\\w:]|\\.\\d)`, 'gi');
const pairList = new RegExp(`^${hostName}:\\d{2,5}(?:/[\\w./-]*)?(?:,\\s?${hostName}:\\d{2,5}(?:/[\\w./-]*)?)*$`, 'i');
const oracle = new RegExp(`:thin:[^@\\s]{0,200}@(?://)?(${hostName}):(\\d{2,5})`, 'gi');
const driver = new RegExp(`@(?:tcp|tcp4|tcp6)\\((${hostName})(?::(\\d{1,5}))?\\)`, 'gi');
const keyword = new RegExp(
  `(?:^|[\\s;?&])(?:host|server|data source|addr|address)\\s?=\\s?(?:tcp:)?(${hostName})(?:[,:](\\d{2,5}))?(?=[\\s;&,]|$)`,
  'gi',
);
const keywordPort = /(?:^|[\s;?&])port\s?=\s?(\d{2,5})(?=[\s;&]|$)/i;
const probing = new RegExp(
  `\\b(?:nc|ncat|netcat|telnet)\\s+(?:-[\\w-]+\\s+(?:\\d+\\s+)?)*(${hostName})\\s+(\\d{2,5})\\b|/dev/tcp/(${hostName})/(\\d{2,5})\\b`,
  'gi',
);
const clientFlag = new RegExp(
  `\\s(?:-h|--host)[\\s=](${hostName})(?:\\s+(?:-p|-P|--port)[\\s=]?(\\d{2,5}))?(?=[\\s;|&)]|$)`,
  'gi',
);

/** Addresses of the container itself, or of no one. */
const isLocal = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::' || host === '::1' || /^(?:127|0)\./.test(host);

const endpoint = (
  written: Endpoint['written'],
  host: string | undefined,
  port: number | string | undefined,
  protocol: Endpoint['protocol'] = 'TCP',
): readonly Endpoint[] => {
  const bare = (host ?? '').toLowerCase().replace(/^\[|\]$|\.$/g, '');
  const address = parseAddress(bare);
  const name = address === undefined ? bare : formatAddress(address);
  // `12:30` and `1.2.3:80` are no hosts: a name has a letter in its last part.
  if (name === '' || isLocal(name) || (address === undefined && !/[a-z][a-z0-9-]*$/.test(name))) return [];
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return [];
  return [{ host: name, port: number, protocol, written }];
};

const ofUrl = (written: Endpoint['written'], [, schemeText = '', authority = '', path = '']: RegExpMatchArray) => {
  const scheme = schemeText.toLowerCase();
  // gRPC's `dns:///host:port`.
  const hosts = scheme === 'dns' && authority === '' ? path : authority.slice(authority.lastIndexOf('@') + 1);
  return hosts.split(',').flatMap((text) => {
    const [, host, port = schemePorts.get(scheme)] = hostAndPort.exec(text) ?? [];
    // A scheme without a port that anybody knows names no address outside: s3://bucket, oci://registry/image.
    return endpoint(port === undefined ? 'part' : written, host, port, scheme === 'udp' ? 'UDP' : 'TCP');
  });
};

/** A pattern, with something that a text must hold for it to be worth looking for; most texts hold nothing. */
const patterns: readonly { readonly holds: RegExp; readonly pattern: RegExp; readonly whole: boolean }[] = [
  { holds: /:thin:/i, pattern: oracle, whole: true },
  { holds: /@tcp/i, pattern: driver, whole: true },
  { holds: /(?:host|server|source|addr|address)\s?=/i, pattern: keyword, whole: true },
  { holds: /nc\s|ncat\s|netcat\s|telnet\s|\/dev\/tcp/, pattern: probing, whole: false },
  { holds: /\s(?:-h|--host)[\s=]/, pattern: clientFlag, whole: false },
  { holds: /:\d/, pattern: pair, whole: false },
];

/** Everything in a text that looks like an address. */
const scan = (written: Endpoint['written'], text: string): readonly Endpoint[] => {
  const hasUrl = text.includes('://');
  const urls = hasUrl ? [...text.matchAll(url)].flatMap((match) => ofUrl(written, match)) : [];
  const rest = hasUrl ? text.replace(url, ' ') : text;
  const others = patterns
    .filter(({ holds }) => holds.test(rest))
    .flatMap(({ pattern, whole }) =>
      [...rest.matchAll(pattern)].flatMap(([, host, own, other, otherPort]) => {
        const beside = pattern === keyword ? keywordPort.exec(rest)?.[1] : undefined;
        return endpoint(whole ? written : 'part', host ?? other, own ?? otherPort ?? beside);
      }),
    );
  return [...urls, ...others];
};

const unquoted = (text: string): string => text.trim().replace(/^["'](.*)["'],?$/s, '$1');

/** `DB_HOST` to `DB_PORT`, `pgHost` to `pgPort`, `--db-host` to `--db-port`. */
const portBeside = ({ name, beside }: Named): string | undefined => {
  const of = (word: string): string | undefined => {
    const other = name.replace(/(?:host(?:name)?|addr(?:ess)?|server|endpoint|url|service)$/i, word);
    const value = other === name ? undefined : beside(other);
    return value !== undefined && /^\d{1,5}$/.test(unquoted(value)) ? unquoted(value) : undefined;
  };
  return of('PORT') ?? of('port') ?? of('Port');
};

const ofValue = (value: Named): readonly Endpoint[] => {
  const { name } = value;
  const text = unquoted(value.text);
  if (notCalled.test(name)) return [];
  const addressName = isAddressName(name);
  if (!/[:=\s@]/.test(text)) {
    if (!addressName || !plainHost.test(text)) return [];
    const port = portBeside(value);
    return endpoint(port === undefined ? 'part' : 'whole', text, port);
  }
  if (pairList.test(text)) {
    const written = addressName || text.includes(',') ? 'whole' : 'part';
    return text.split(',').flatMap((each) => {
      const [, host, port] = hostAndPort.exec(each.trim().replace(/\/.*$/, '')) ?? [];
      return endpoint(written, host, port);
    });
  }
  const whole = /^[a-z][a-z0-9+.-]*(?::[a-z][a-z0-9+.-]*)*:\/\//i.test(text) || addressName;
  return scan(whole || /^[^\s@]*@tcp\d?\(|^jdbc:/.test(text) ? 'whole' : 'part', text);
};

/** Files beyond this length are data, not settings. */
const maxLength = 100_000;
const keyLine = /^\s*(?:-\s+)?(?:"([\w.-]+)"\s*:|([A-Za-z_][\w.-]*)(?:\s*=|:(?=\s)))\s*(\S.*)$/;
const commentLine = /^\s*(?:#|\/\/|;)/;

/** Settings of several lines, or a script: each line for itself, those beside it in reach. */
const ofLines = (text: string): readonly Endpoint[] => {
  const lines = text
    .slice(0, maxLength)
    .split('\n')
    .filter((line) => !commentLine.test(line))
    .map((line) => ({ line, match: keyLine.exec(line) }));
  return lines.flatMap(({ line, match }, index) => {
    const [, quoted, plain, value] = match ?? [];
    const name = quoted ?? plain;
    if (name === undefined || value === undefined) return scan('part', line);
    const near = lines.slice(Math.max(index - 3, 0), index + 4);
    const beside = (other: string): string | undefined =>
      near.find(({ match: found }) => (found?.[1] ?? found?.[2]) === other)?.match?.[3];
    return ofValue({ name, text: value.replace(/,$/, ''), beside });
  });
};

/** Whether a text may speak of an address at all, at a glance: nearly none does. Without any of these signs it would be a bare host name. */
export const maySpeak = (name: string, text: string): boolean => /[:=\s@]/.test(text) || isAddressName(name);

/** The addresses that a value speaks of, in the order in which they stand there, each once. */
export const endpointsIn = (value: Named): readonly Endpoint[] => {
  const { text } = value;
  if (text.length < 2 || text.startsWith('-----BEGIN')) return [];
  const found =
    text.includes('\n') && text.trim().includes('\n') ? ofLines(text) : ofValue({ ...value, text: text.slice(0, maxLength) });
  const seen = new Map<string, Endpoint>();
  for (const each of found) {
    const key = `${each.host} ${each.port} ${each.protocol}`;
    const before = seen.get(key);
    if (before === undefined || (before.written === 'part' && each.written === 'whole')) seen.set(key, each);
  }
  return [...seen.values()];
};

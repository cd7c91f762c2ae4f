/** The numbers from one to another, both among them. */
const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_item, index) => first + index);

/**
 * The recorded REST exchanges that are sent to a server, by topic: each list is what the spec of its topic sends,
 * in this order. What no list has is in `NOT_REPLAYED`.
 */
export const REPLAYED = {
  pages: [2, ...range(7, 19), 108],
  settings: [4, 5, 200, 334],
  certificates: [142],
  notifications: [331, 332, 333],
  sessions: [30, 34, 35, 38, ...range(40, 45)],
  lockout: range(371, 377),
  /** Everything that needs no Application. */
  withoutApps: [
    1,
    3,
    ...range(21, 29),
    36,
    37,
    39,
    ...range(46, 50),
    52,
    53,
    57,
    ...range(59, 71),
    ...range(73, 83),
    191,
    202,
    209,
    286,
    287,
    294,
    303,
  ],
  /** Reads of the Application `gb` as it is before its first sync. */
  freshApp: [212, ...range(215, 219), ...range(221, 233), 235],
  /** Writes to it, one after the other. */
  firstWrites: [205, 206, 239],
  /** What can be done to its live objects. */
  actions: [258, 259, ...range(261, 264)],
  /** Writes to it later in its life; before each, its state is what the recorded answer carries over. */
  laterWrites: [...range(281, 285), 288, 289, 290, 292, 293, 295, ...range(298, 302), 379, 381, 382],
  goneApp: [383, 384],
  /** Logins, then questions of callers with few rights, before there is an Application. */
  callersWithFewRights: [31, 32, 33, 51, 54, 55, 58, ...range(84, 91), 211],
  accounts: range(92, 101),
  projects: [...range(175, 193), 196, 194, 195],
  projectLinks: [330],
  /** Repositories, credentials, certificates, keys and clusters. */
  declarations: [
    ...range(102, 107),
    ...range(109, 141),
    ...range(143, 151),
    ...range(153, 161),
    ...range(170, 173),
    ...range(197, 199),
    201,
  ],
  objects: [237, 255, 256, 257, 260, ...range(266, 272), 306],
  appEvents: [236, 305],
  appLinks: [328, 329],
  revisions: [233, 234, 235, 254, 273, 274, 275, 277, 278, 280, 304],
  streams: [241, 242, 243],
  streamsOfChanges: [244, 246],
  refusedStreams: [247, 250],
  applicationSets: range(307, 318),
  badgesOff: [20],
  badges: [...range(319, 325), 327],
  refusedBadges: [326],
  swagger: [6],
  webhooks: range(335, 348),
  signedWebhooks: [349, 350, 352, 353],
  appsBegin: [56, 72, 203, 207, 208, 210, 238, 265, 378],
  appsTold: [204, 220, 252, 291],
  appsRefreshed: [213, 214],
  chartApps: [276, 279, 297],
  appTrees: [253],
  appsSynced: [296],
  appsEnd: [380, 385],
  projectList: [174],
  clusters: [152, ...range(162, 169)],
  grpc: range(354, 370),
  handshakes: [801],
  tls: [802, 803, 804, 806, 807],
  restOverHttp2: [808],
  grpcWeb: range(901, 910),
} as const satisfies Readonly<Record<string, readonly number[]>>;

const STEPS = 'it follows a sync under way, whose steps differ in number; how a stream is written: 241';
const SILENT = 'nothing was answered while it was recorded; a stream without news: streamsOfChanges';

/** The exchanges that no spec sends, and why. */
export const NOT_REPLAYED: Readonly<Record<number, string>> = {
  240: STEPS,
  245: STEPS,
  248: SILENT,
  249: SILENT,
  251: 'the stream of 241 for half a minute, with its signs of life',
  351: 'the bytes that were signed are not in the recording; signatures are checked in webhooks.int.spec.ts',
  805: 'a page of the web UI, which is not served',
  809: 'commands of the CLI, which is not a part of this service; its recordings are replayed beside it',
};

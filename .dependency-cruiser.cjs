/** The rules of the house: who may import whom. Each names its reason. */
const onlyCore = '^core/';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'a cycle hides who depends on whom',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'the core decides; it touches nothing but a schema and a decimal library, and node:crypto for hashing',
      from: { path: onlyCore },
      to: { pathNot: [onlyCore, '^node_modules/(zod|bignumber\\.js)/', '^(node:)?crypto$'] },
    },
    {
      name: 'adapters-on-core',
      severity: 'error',
      comment: 'adapters serve the core and know nothing of those who wire or show them',
      from: { path: '^adapters/' },
      to: { path: '^(cli|console|functions|incidents|stream-gateway|research|simulator|bench|test)/' },
    },
    {
      name: 'wiring-is-the-root',
      severity: 'error',
      comment: 'only the composition roots know all adapters at once',
      from: { path: '^adapters/(?!wiring/)' },
      to: { path: '^adapters/wiring/' },
    },
    {
      name: 'venues-apart',
      severity: 'error',
      comment: 'one venue must not depend on another',
      from: { path: '^adapters/venues/([^/]+)/' },
      to: { path: '^adapters/venues/[^/]+/', pathNot: '^adapters/venues/$1/' },
    },
    {
      name: 'simulator-alone',
      severity: 'error',
      comment: 'the simulator is there to test the rest: it shares no code with it',
      from: { path: '^simulator/' },
      to: { path: '^(core|adapters|cli|bench|test)/' },
    },
    {
      name: 'cli-on-adapters',
      severity: 'error',
      comment: 'the command line shows what adapters and core offer',
      from: { path: '^cli/' },
      to: { path: '^(simulator|bench|test)/' },
    },
    {
      name: 'incidents-on-adapters',
      severity: 'error',
      comment: 'a rehearsal works on processes and files, as an operator does; who runs it is not its business',
      from: { path: '^incidents/' },
      to: { path: '^(cli|functions|stream-gateway|simulator|bench|test)/' },
    },
    {
      name: 'functions-apart',
      severity: 'error',
      comment: 'a function decodes, calls what is wired, and encodes: it knows no other part of the product',
      from: { path: '^functions/' },
      to: { path: '^(cli|console|stream-gateway|research|simulator|bench|test)/' },
    },
    {
      name: 'gateway-on-wiring',
      severity: 'error',
      comment:
        'the gateway runs what wiring and core offer, and knows no adapter by itself; the lease is kept over a port',
      from: { path: '^stream-gateway/' },
      to: {
        pathNot: [
          '^(core|adapters/wiring|stream-gateway)/',
          '^adapters/store/lease-keeper.ts$',
          '^(node:)?[a-z0-9_/]+$',
        ],
      },
    },
    {
      name: 'no-dev-in-product',
      severity: 'error',
      from: { path: '^(core|adapters|cli|incidents|stream-gateway|simulator|bin)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['node', 'import', 'require', 'default'],
      exportsFields: ['exports'],
    },
  },
};

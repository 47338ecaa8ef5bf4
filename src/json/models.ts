// A separate module, because a bundler puts the object of a namespace import beside the imported module. Beside generated/models.ts, which the
// main entry shares, it would keep all codecs in every bundle that imports one of them.
export * from '../../generated/models.js';

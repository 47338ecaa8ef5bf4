// A module of its own, because a bundler puts the object of a namespace import where the imported module stands: were that
// generated/models.ts, which the main entry shares, the object would keep all codecs in the bundle of who imports one model.
export * from '../../generated/models.js';

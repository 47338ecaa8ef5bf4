export { shapeIssues } from '../wire/shape.js';

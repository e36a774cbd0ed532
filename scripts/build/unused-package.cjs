// Stands in for packages that dockerode requires for features that we never use: its own ssh client and BuildKit
// sessions. They are large, and some are native.
module.exports = {};

// The sources run as they are, which needs Node 24; npm scripts have it from the package `node` that `npm ci` installs.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`This runs on Node 24 or newer, and this is Node ${process.versions.node}.`)
  console.error('Run "npm ci" first, then start it through npm: "npm start" or "npm test".')
  process.exit(2)
}

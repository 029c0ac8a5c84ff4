// Stands in the bundles for packages that Bolt imports and its Lambda receiver never reaches: whoever does reach them is told so.
const unreached = (): never => {
  throw new Error('this package is left out of the bundles; see scripts/build.ts');
};

export const SocketModeClient = unreached;
export const InstallProvider = unreached;
export const LogLevel = {};
export default Object.assign(unreached, { Router: unreached, json: unreached, urlencoded: unreached });

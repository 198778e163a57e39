// The audits of the npm package graphql-http, against the server whose address is the argument. Prints what each found, as JSON.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
const found = await Promise.all(serverAudits({ url, fetchFn: fetch }).map((audit) => audit.fn()));
console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason ?? null }))));

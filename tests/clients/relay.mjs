// Writes a fragment for every connection of a schema, and has relay-compiler compile them: node relay.mjs SCHEMA FOLDER.
// Prints the connections whose fragments were compiled, as JSON.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, getNamedType, isInterfaceType, isObjectType, isRequiredArgument } from "graphql";
import compiler from "relay-compiler";

const [file, folder] = process.argv.slice(2);
const schema = buildSchema(readFileSync(file, "utf8"));
const PAGING = ["first", "after", "last", "before"];
mkdirSync(join(folder, "src"), { recursive: true });
copyFileSync(file, join(folder, "schema.graphql"));

function fragmentOf(type, field, module) {
  const wanted = field.args.filter((argument) => !PAGING.includes(argument.name) && isRequiredArgument(argument));
  const declared = wanted.map((argument) => `${argument.name}: {type: "${argument.type}"}`);
  const given = wanted.map((argument) => `${argument.name}: $${argument.name}`);
  const node = getNamedType(getNamedType(field.type).getFields().edges.type).getFields().node.type;
  const hasId = "id" in (getNamedType(node).getFields?.() ?? {});
  const again = type.name === "Query" || type.getInterfaces().some((each) => each.name === "Node");
  return `graphql\`
fragment ${module}_it on ${type.name}
  @argumentDefinitions(count: {type: "Int", defaultValue: 10}, cursor: {type: "String"}, ${declared.join(", ")})
  ${again ? `@refetchable(queryName: "${module}Query")` : ""} {
  ${field.name}(first: $count, after: $cursor, ${given.join(", ")}) @connection(key: "${module}_${field.name}") {
    edges { node { ${hasId ? "id" : "__typename"} } }
  }
}\`;\n`;
}

const found = [];
for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) && !isInterfaceType(type)) continue;
  for (const field of Object.values(type.getFields())) {
    if (!getNamedType(field.type).name.endsWith("Connection")) continue;
    const module = `${type.name}${field.name}`;
    writeFileSync(join(folder, "src", `${module}.js`), fragmentOf(type, field, module));
    found.push(`${type.name}.${field.name}`);
  }
}
const config = { src: "./src", schema: "./schema.graphql", language: "javascript", eagerEsModules: true };
writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
const { status, stdout, stderr } = spawnSync(compiler, ["--repersist", join(folder, "relay.config.json")], { cwd: folder, encoding: "utf8" });
if (status !== 0) {
  console.error(stdout, stderr);
  process.exit(1);
}
const made = readdirSync(join(folder, "src", "__generated__"));
console.log(JSON.stringify(found.filter((name) => made.includes(`${name.replace(".", "")}_it.graphql.js`))));

// The settings of the editor, as the user and the workspace have them.
import * as vscode from "vscode";
import { told } from "./configuration";
import { machineKeys, machineValues, serverKeys, type MachineValues, type Property } from "./machine";

export class Settings {
  readonly machineKeys: string[];
  private readonly serverKeys: string[];

  constructor(context: vscode.ExtensionContext) {
    const { contributes } = context.extension.packageJSON as {
      contributes: { configuration: { properties: Record<string, Property> }[] };
    };
    const properties: Record<string, Property> = {};
    for (const section of contributes.configuration) Object.assign(properties, section.properties);
    this.machineKeys = machineKeys(properties);
    this.serverKeys = serverKeys(properties);
  }

  /** What the user has set outside of any workspace. */
  machine(): MachineValues {
    return machineValues(this.serverKeys, (key) => this.byUser(key));
  }

  /** The program that the user wants as the server; empty for the one that came along. */
  get serverPath(): string {
    const path = this.byUser("server.path");
    return typeof path === "string" ? path.trim() : "";
  }

  /** What the server is told when it asks for the settings under `spelunk`. */
  told(value: unknown): unknown {
    return told(value, this.machineKeys, (id) => vscode.extensions.getExtension(id) !== undefined);
  }

  /** A workspace can bring settings of its own, so `get` is never asked for what belongs to the machine. */
  byUser(key: string): unknown {
    return vscode.workspace.getConfiguration("spelunk").inspect(key)?.globalValue;
  }
}

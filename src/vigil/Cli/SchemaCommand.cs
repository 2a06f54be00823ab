using System.CommandLine;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary><c>vigil schema</c>: prints the JSON schema of experiment files.</summary>
internal static class SchemaCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("schema", "the JSON schema of experiment files, for editors: vigil schema > vigil.schema.json");
        command.SetAction(_ =>
        {
            context.Out.Write(ExperimentSchema.Text());
            return ExitCode.Done;
        });
        return command;
    }
}

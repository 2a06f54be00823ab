using System.CommandLine;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary><c>vigil init</c>: a first experiment that runs as it is.</summary>
internal static class InitCommand
{
    private const string Default = "my-experiment";

    public static Command Create(CliContext context)
    {
        var name = new Argument<string?>("NAME") { Description = $"the folder to make (default: {Default})", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("init", "write a first experiment, ready to run") { name };
        command.SetAction(parsed => Run(context, parsed.GetValue(name) ?? Default));
        return command;
    }

    private static int Run(CliContext context, string name)
    {
        var folder = context.FullPath(name);
        var file = Path.Combine(folder, "experiment.yaml");
        if (File.Exists(file)) return WatchCommand.Problem(context, $"{file} exists already and was left as it is");
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(file, Template, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return WatchCommand.Problem(context, $"{folder} cannot be written: {e.Message}");
        }
        context.Out.WriteLine($"Wrote {Path.GetRelativePath(context.CurrentFolder, file)}. Look at it, then: vigil run {Spec.Bash.Quote(name)}");
        return ExitCode.Done;
    }

    private const string Template = """
        # An experiment: one command, swept over two values. Everything is explained in docs/experiment-file.md
        scheduler: local                  # this machine
        backend:
          # One bash line. ${…} takes a value of this file, {…} something of the run: output_dir, attempt, last_checkpoint …
          command: |
            for i in 1 2 3 4 5; do echo "step $i/5 lr=${lr} loss=0.$((6 - i))"; sleep 1; done; echo done > {output_dir}/result.txt
        lr: 1e-3
        job:
          restart: {max_attempts: 2, delay_seconds: 1, causes: [crash, infrastructure]}
        sweep:
          type: product
          groups:
            - params: {lr: [1e-3, 3e-3]}

        """;
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vigil.Cli;

/// <summary><c>--help</c>, with usage lines as people write them.</summary>
internal sealed class HelpText(TextWriter output) : SynchronousCommandLineAction
{
    /// <summary>Gives every command this form of help.</summary>
    public static void Use(RootCommand root, TextWriter output)
    {
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new HelpText(output);
    }

    /// <summary>Who asks for help need not know the rest.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Print(parseResult.CommandResult.Command);
        return ExitCode.Done;
    }

    public void Print(Command command)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");
        if (command.Subcommands.Count > 0) Section("Commands:", command.Subcommands.Select(static c => (c.Name, c.Description)));
        Section("Arguments:", command.Arguments.Select(static a => (a.Name, a.Description)));
        Section("Options:", command.Options.Where(static o => !o.Hidden).Select(static o => (Names(o), Describe(o))));
        if (command is not RootCommand) return;
        output.WriteLine();
        output.WriteLine("To begin: vigil init, then vigil run my-experiment. More of one command: vigil COMMAND --help");
        output.WriteLine("Exit codes: 0 done, 1 some run failed, 2 a mistake in what was asked (nothing was changed), 3 no scheduler,");
        output.WriteLine("            4 another monitor holds the experiment, 5 the folder is damaged or cannot be written, 130 interrupted (jobs go on)");
    }

    private static string Usage(Command command) => command is RootCommand
        ? "vigil COMMAND …"
        : command.Subcommands.Count > 0 ? $"vigil {NameOf(command)}COMMAND …"
        : string.Join(' ', [$"vigil {NameOf(command)}".TrimEnd(), .. command.Arguments.Select(Usage), "[options]"]);

    /// <summary>What is typed after the program's name, with a blank behind it; nothing for the program itself.</summary>
    public static string NameOf(Command command) => command is RootCommand ? "" : $"{string.Concat(command.Parents.OfType<Command>().Take(1).Select(NameOf))}{command.Name} ";

    private static string Usage(Argument argument)
    {
        if (argument.HelpName is { } written) return written;
        var name = argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name} …" : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static string Names(Option option)
    {
        var names = string.Join(", ", option.Aliases.Prepend(option.Name).Where(static n => n[0] != '/' && n != "-?").OrderBy(static n => n.Length));
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }

    private static string? Describe(Option option) => option switch
    {
        HelpOption => "this text",
        VersionOption => "the version of this program",
        _ => option.Description,
    };

    private void Section(string title, IEnumerable<(string Name, string? Text)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        output.WriteLine();
        output.WriteLine(title);
        var width = all.Max(static r => r.Name.Length);
        foreach (var (name, text) in all) output.WriteLine($"  {name.PadRight(width)}  {text}");
    }
}

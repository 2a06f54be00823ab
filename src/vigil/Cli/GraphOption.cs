using System.CommandLine;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>--graph [boxes|mermaid|dot]</c>: a plan as a picture of its stages.</summary>
internal static class GraphOption
{
    private const string Name = "--graph", Default = "boxes";
    private const int WidthOfAFile = 100;

    public static string[] Forms { get; } = [Default, "mermaid", "dot"];

    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name) { Description = "the stages as a picture, in place of the runs: boxes (the default), mermaid or dot", HelpName = "[FORM]" };
        option.AcceptOnlyFromAmong(Forms);
        return option;
    }

    /// <summary>What follows <c>--graph</c> is its form only when it is one: <c>plan --graph experiment.yaml</c> names the experiment.</summary>
    public static string[] Spelled(string[] words) =>
        [.. words.Select((word, i) => word == Name && !(i + 1 < words.Length && Forms.Contains(words[i + 1])) ? $"{Name}={Default}" : word)];

    public static void Print(CliContext context, Plan plan, string form)
    {
        var graph = StageGraph.Of(plan);
        var text = form switch
        {
            "mermaid" => graph.Mermaid(),
            "dot" => graph.Dot(),
            _ => graph.Boxes(context.IsTerminal ? Math.Max(20, Console.WindowWidth) : WidthOfAFile),
        };
        context.Out.Write(text.EndsWith('\n') ? text : $"{text}\n");
        if (form != Default) return;
        context.Out.WriteLine();
        PlanPrinter.PrintSums(context, plan);
    }
}

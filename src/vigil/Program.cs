using System.CommandLine;
using Vigil.Cli;
using Vigil.Journaling;

if (args is ["--version"])
{
    Console.WriteLine(ProgramVersion.Text);     // the quickest door: nothing else is loaded
    return ExitCode.Done;
}

using var output = Terminal.Output();
using var talk = Terminal.Talk();
var context = new CliContext
{
    Out = output,
    Talk = talk,
    IsTerminal = Terminal.IsCapable,
    CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
    CurrentFolder = Environment.CurrentDirectory,
    Environment = Environment.GetEnvironmentVariable,
    Time = TimeProvider.System,
};
return await VigilCommand.RunAsync(context, args);

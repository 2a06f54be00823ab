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
    OutBytes = output.BaseStream,
    OutIsGone = () => output.BaseStream is PatientStream { IsGone: true },
    Talk = talk,
    IsTerminal = Terminal.IsCapable,
    HasColour = Terminal.HasColour,
    CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
    CurrentFolder = Environment.CurrentDirectory,
    Environment = Environment.GetEnvironmentVariable,
    Time = TimeProvider.System,
};
try
{
    return await VigilCommand.RunAsync(context, args);
}
catch (Exception trouble) when (context.Environment("VIGIL_TRACE") is null)
{
    return Talk.Unexpected(context, trouble);
}

using Vigil.Cli;
using Vigil.Journaling;

if (args is ["--version"])
{
    Console.WriteLine(ProgramVersion.Text);     // the quickest door: nothing else is loaded
    return ExitCode.Done;
}

using var stdout = Terminal.OutputStream();
using var output = Terminal.Output(stdout);
using var talk = Terminal.Talk(output);
var context = new CliContext
{
    Out = output,
    OutBytes = stdout,
    OutIsGone = () => stdout.IsGone,
    Talk = talk,
    IsTerminal = Terminal.IsCapable,
    HasColour = Terminal.HasColour,
    TalkWidth = static () => Terminal.TalkWidth,
    TalkHasColour = Terminal.TalkHasColour,
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

using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Vigil.Web;
using Vigil.Web.Actions;
using Vigil.Web.Live;
using Vigil.Web.Logs;
using Vigil.Web.Runs;

namespace Vigil.Cli;

/// <summary><c>vigil serve</c>: the page over every experiment below a folder. Reads; what its pages ask for is done by other commands of this program.</summary>
internal static class ServeCommand
{
    public static Command Create(CliContext context)
    {
        var root = new Argument<string?>("ROOT") { Description = "the folder whose experiments are shown (default: the current one)", Arity = ArgumentArity.ZeroOrOne };
        var listen = new Option<string?>("--listen") { Description = "where to listen: a port, ADDRESS:PORT, or unix:/PATH (default: 127.0.0.1:8787)", HelpName = "WHERE" };
        var basePath = new Option<string?>("--base-path") { Description = "the path below which a proxy shows it, such as /user/ada/proxy/8787", HelpName = "PATH" };
        var hosts = new Option<string[]>("--host") { Description = "a name besides those of the loopback under which a proxy asks", HelpName = "NAME" };
        var readOnly = new Option<bool>("--read-only") { Description = "nobody can act by it, with whatever link" };
        var act = new Option<bool>("--act") { Description = "print the link for acting as well; it is as strong as a shell of yours" };
        var links = new Option<bool>("--links") { Description = "print the links of a page that is served already, and serve nothing" };
        var command = new Command("serve", "the web page over every experiment below a folder") { root, listen, basePath, hosts, readOnly, act, links };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(root), ServeOptions.TryRead(parsed.GetValue(listen), parsed.GetValue(basePath), [.. parsed.GetValue(hosts) ?? []], parsed.GetValue(readOnly), out var problem), problem, parsed.GetValue(act), parsed.GetValue(links)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? name, ServeOptions? options, string problem, bool showsAct, bool linksOnly)
    {
        if (options is null) return WatchCommand.Problem(context, problem);
        var root = Path.TrimEndingDirectorySeparator(context.FullPath(name ?? "."));
        if (!Directory.Exists(root)) return WatchCommand.Problem(context, $"{name} is no folder; name the one that your experiments lie below");
        var tokens = WebTokens.OpenOrMake(WebTokens.FileOf(context, root));
        if (linksOnly)
        {
            Print(context, options, $"http://{options.Address}:{options.Port}", tokens, showsAct);
            return ExitCode.Done;
        }
        using var stopping = new Stopping(static _ => { });
        var catalogue = new Catalogue(context, root);
        var gate = new Gatekeeper(tokens, $"vigil-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..8]}", options);
        try
        {
            await using var server = await WebServer.StartAsync(options, gate, Api(context, catalogue, gate, options, Installed.Program), stopping.Gently);
            Print(context, options, server.Address, tokens, showsAct);
            await Task.Run(() => catalogue.RunAsync(stopping.Gently));
            return ExitCode.Done;
        }
        catch (IOException refusal)
        {
            return WatchCommand.Problem(context, $"cannot listen: {refusal.Message}. Another port: vigil serve --listen 0 takes any that is free");
        }
    }

    internal static WebApi Api(CliContext context, Catalogue catalogue, Gatekeeper gate, ServeOptions options, string program, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (marks, counts, sparks) = (new LogMarks(context.Time), new LineCounts(), new SparkLines(catalogue));
        var runs = new RunApi(catalogue, new RunDetails(marks), sparks, context.Time);
        var live = new LiveApi(catalogue, runs, new Tails(context.Time), context.Time);
        return new(catalogue, runs, new LogApi(marks, counts), new ActionApi(context, runs, program, environment), live, new SessionApi(catalogue, gate, options, context.Time) { Live = live });
    }

    private static void Print(CliContext context, ServeOptions options, string address, WebTokens tokens, bool showsAct)
    {
        string Link(string token) => $"{address}{options.BasePath}?{Gatekeeper.TokenParameter}={token}";
        if (options.Socket is not null) context.Talk.WriteLine($"Listening on {options.Socket}. From another machine: ssh -L 8787:{options.Socket} THIS-HOST, then open http://localhost:8787{options.BasePath}?{Gatekeeper.TokenParameter}={tokens.View}");
        else context.Out.WriteLine($"to look:  {Link(tokens.View)}");
        if (showsAct && !options.ReadOnly) context.Out.WriteLine($"to act:   {(options.Socket is null ? Link(tokens.Act) : $"http://localhost:8787{options.BasePath}?{Gatekeeper.TokenParameter}={tokens.Act}")}   (as strong as a shell of yours: show it to nobody)");
        context.Out.Flush();
    }
}

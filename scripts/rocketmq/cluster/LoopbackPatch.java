// Run once: java -cp 'lib/*' LoopbackPatch.java FOLDER
// RocketMQ 5.3 has no setting for the address that three of its listeners bind to (the proxy's gRPC server, the proxy's remoting server,
// the port for replicas): they would listen on all addresses of the machine, without access control. This writes modified copies of
// three classes for the front of the class path, which listen on 127.0.0.1. javassist is a dependency of RocketMQ.
import javassist.ClassPool;
import javassist.CtClass;
import javassist.CtConstructor;
import javassist.LoaderClassPath;
import javassist.expr.ExprEditor;
import javassist.expr.MethodCall;
import javassist.expr.NewExpr;

public class LoopbackPatch {
  private static int places = 0;

  public static void main(String[] args) throws Exception {
    ClassPool pool = new ClassPool(true);
    // The class path of the jars: this class was compiled in memory and has another class loader.
    pool.appendClassPath(new LoaderClassPath(ClassLoader.getSystemClassLoader()));
    patchGrpc(pool, args[0]);
    patchReplicas(pool, args[0]);
    patchRemoting(pool, args[0]);
  }

  private static void patchGrpc(ClassPool pool, String folder) throws Exception {
    CtClass builder = pool.get("org.apache.rocketmq.proxy.grpc.GrpcServerBuilder");
    builder.instrument(new ExprEditor() {
      @Override
      public void edit(MethodCall call) throws javassist.CannotCompileException {
        if (!call.getMethodName().equals("forPort")) return;
        call.replace("$_ = io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(new java.net.InetSocketAddress(\"127.0.0.1\", $1));");
        places++;
      }
    });
    write(builder, folder);
  }

  private static void patchReplicas(ClassPool pool, String folder) throws Exception {
    CtClass listener = pool.get("org.apache.rocketmq.store.ha.DefaultHAService$AcceptSocketService");
    listener.instrument(new ExprEditor() {
      @Override
      public void edit(NewExpr made) throws javassist.CannotCompileException {
        if (!made.getClassName().equals("java.net.InetSocketAddress")) return;
        made.replace("$_ = new java.net.InetSocketAddress(\"127.0.0.1\", $1);");
        places++;
      }
    });
    write(listener, folder);
  }

  private static void patchRemoting(ClassPool pool, String folder) throws Exception {
    CtClass settings = pool.get("org.apache.rocketmq.remoting.netty.NettyServerConfig");
    for (CtConstructor constructor : settings.getConstructors()) {
      constructor.insertAfter("this.bindAddress = \"127.0.0.1\";");
      places++;
    }
    write(settings, folder);
  }

  /** Another version of RocketMQ may look different: then nothing is written, rather than a class that listens everywhere. */
  private static void write(CtClass changed, String folder) throws Exception {
    if (places != 1) throw new IllegalStateException(changed.getName() + ": changed " + places + " places, wanted 1");
    places = 0;
    changed.writeFile(folder);
  }
}
